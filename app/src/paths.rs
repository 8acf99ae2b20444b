//! Each URL, once, as a type: its pattern routes, its `Display` links, its fields are parsed by axum's `Path`.

use std::fmt;

use casework::report::{Door, Step};
use casework::taxonomy::OrganisationKind;
use serde::Deserialize;
use uuid::Uuid;

use crate::words::Language;

/// A URL of ours.
pub trait Url: fmt::Display {
    /// As axum routes it.
    const PATTERN: &'static str;
}

macro_rules! urls {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty),* } = $pattern:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize)]
        #[allow(missing_docs)]
        pub struct $name { $(pub $field: $type),* }

        impl Url for $name {
            const PATTERN: &'static str = $pattern;
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let path = Self::PATTERN.to_owned();
                $(let path = path.replace(concat!("{", stringify!($field), "}"), &self.$field.to_string());)*
                f.write_str(&path)
            }
        }
    )*};
}

urls! {
    /// Chooses a language and goes to [`Home`].
    Root {} = "/";
    /// The five doors.
    Home { language: Language } = "/{language}";
    /// The same with a slash behind it, as some type it; leads to [`Home`].
    HomeSlash { language: Language } = "/{language}/";
    /// Where *Leave quickly* goes: ends what is under way here, then leads to a neutral site.
    Leave {} = "/leave";
    /// Helplines and emergency numbers.
    Help { language: Language } = "/{language}/help";
    /// What is kept, for how long, who can read it.
    Privacy { language: Language } = "/{language}/privacy";
    /// What came and what became of it, for everybody.
    PublicFigures { language: Language } = "/{language}/figures";
    /// Who runs this, and how it works.
    About { language: Language } = "/{language}/about";
    /// Opens a case by its code.
    Code { language: Language } = "/{language}/code";
    /// The case code, once, after sending.
    Receipt { language: Language } = "/{language}/sent";
    /// The operator's mark.
    OperatorMark {} = "/mark";
    /// The case code as a picture to keep.
    ReceiptPicture { language: Language } = "/{language}/sent/picture.png";
    /// Where the form goes that a password manager saves the case code from.
    ReceiptKept { language: Language } = "/{language}/sent/kept";
    /// The end of a report's way: the code is saved.
    Saved { language: Language } = "/{language}/sent/saved";
    /// The reporter's own case.
    MyCase { language: Language } = "/{language}/case";
    /// A message to the hotline.
    MyCaseWrite { language: Language } = "/{language}/case/write";
    /// More links, accounts, files or words.
    MyCaseAdd { language: Language } = "/{language}/case/add";
    /// Disagreeing with the outcome.
    MyCaseAppeal { language: Language } = "/{language}/case/appeal";
    /// Taking back, first step: what to erase.
    MyCaseErase { language: Language } = "/{language}/case/erase";
    /// Taking back, second step: whether that is really wanted.
    MyCaseEraseSure { language: Language } = "/{language}/case/erase/sure";
    /// Changing one's mind about erasing.
    MyCaseKeep { language: Language } = "/{language}/case/keep";
    /// Closes the case in this browser.
    MyCaseClose { language: Language } = "/{language}/case/close";
    /// The beginning of a report.
    Start { language: Language, door: Door } = "/{language}/{door}";
    /// One question of a report.
    Question { language: Language, door: Door, step: Step } = "/{language}/{door}/{step}";
    /// Where a provider answers a notice, by the link in its mail.
    ProviderAnswer { language: Language, link: String } = "/{language}/answer/{link}";
    /// Where script sends the frames of a draft's videos.
    DraftFrames {} = "/draft/frames";
    /// The staff's door.
    SignIn { language: Language } = "/{language}/console/sign-in";
    /// Ends the staff's session.
    SignOut { language: Language } = "/{language}/console/sign-out";
    /// Takes up an invitation: a password.
    Welcome { language: Language, token: String } = "/{language}/console/welcome/{token}";
    /// Takes up an invitation: the authenticator.
    SecondFactor { language: Language } = "/{language}/console/second-factor";
    /// Sets a hotline up: its name, its first keys, its recovery shares.
    SetUp { language: Language } = "/{language}/console/set-up";
    /// The recovery shares are stored.
    SharesStored { language: Language } = "/{language}/console/set-up/stored";
    /// Lets a member in by recovery shares.
    Recover { language: Language } = "/{language}/console/recover";
    /// A member's own account.
    Account { language: Language } = "/{language}/console/account";
    /// A new password for one's own account.
    AccountPassword { language: Language } = "/{language}/console/account/password";
    /// New recovery codes for one's own account.
    AccountCodes { language: Language } = "/{language}/console/account/codes";
    /// The language of one's own console.
    AccountLanguage { language: Language } = "/{language}/console/account/language";
    /// Which cases one is given.
    AccountTakes { language: Language } = "/{language}/console/account/takes";
    /// Ends all of one's own sessions.
    SignOutEverywhere { language: Language } = "/{language}/console/account/sign-out-everywhere";
    /// The members of the hotlines.
    Staff { language: Language } = "/{language}/console/administration/staff";
    /// Invites a member.
    Invite { language: Language } = "/{language}/console/administration/invite";
    /// One member.
    Member { language: Language, staff: Uuid } = "/{language}/console/administration/staff/{staff}";
    /// Lets a colleague in.
    Grant { language: Language, staff: Uuid } = "/{language}/console/administration/staff/{staff}/grant";
    /// Changes a member's role.
    ChangeRole { language: Language, staff: Uuid } = "/{language}/console/administration/staff/{staff}/role";
    /// Invites a member anew.
    ResetMember { language: Language, staff: Uuid } = "/{language}/console/administration/staff/{staff}/reset";
    /// Removes a member.
    RemoveMember { language: Language, staff: Uuid } = "/{language}/console/administration/staff/{staff}/remove";
    /// The directory: `hotline`, `trusted_flagger`, `provider` or `police`.
    Organisations { language: Language, kind: OrganisationKind } = "/{language}/console/administration/organisations/{kind}";
    /// Adds an organisation.
    NewOrganisation { language: Language, kind: OrganisationKind } = "/{language}/console/administration/organisations/{kind}/new";
    /// One organisation.
    Organisation { language: Language, organisation: Uuid } = "/{language}/console/administration/organisation/{organisation}";
    /// Pauses an organisation.
    Suspend { language: Language, organisation: Uuid } = "/{language}/console/administration/organisation/{organisation}/suspend";
    /// Ends an organisation's pause.
    Resume { language: Language, organisation: Uuid } = "/{language}/console/administration/organisation/{organisation}/resume";
    /// On which terms an organisation pulls the list, and its keys.
    Partner { language: Language, organisation: Uuid } = "/{language}/console/administration/organisation/{organisation}/partner";
    /// Writes the terms down.
    PartnerTerms { language: Language, organisation: Uuid } = "/{language}/console/administration/organisation/{organisation}/partner/terms";
    /// Makes a key for it.
    NewKeyOf { language: Language, organisation: Uuid } = "/{language}/console/administration/organisation/{organisation}/partner/keys";
    /// Ends one of its keys.
    EndKey { language: Language, organisation: Uuid, key: Uuid } = "/{language}/console/administration/organisation/{organisation}/partner/keys/{key}/end";
    /// Which hotline gets which report.
    Routing { language: Language } = "/{language}/console/administration/routing";
    /// Away for a while.
    Pause { language: Language } = "/{language}/console/pause";
    /// The pages speak of no pause for a while.
    QuietPause { language: Language } = "/{language}/console/pause/not-now";
    /// Gives one's cases on at the end of a shift.
    HandOver { language: Language } = "/{language}/console/hand-over";
    /// Lighter work for a while, for oneself.
    AccountLighter { language: Language } = "/{language}/console/account/lighter";
    /// Who has the hard work, and who lighter work.
    Rotation { language: Language } = "/{language}/console/administration/rotation";
    /// The teams of one's hotline.
    Teams { language: Language } = "/{language}/console/administration/teams";
    /// One of them.
    Team { language: Language, team: Uuid } = "/{language}/console/administration/team/{team}";
    /// Ends it.
    EndTeam { language: Language, team: Uuid } = "/{language}/console/administration/team/{team}/end";
    /// What is erased when, by which rule.
    Retention { language: Language } = "/{language}/console/administration/retention";
    /// Which report gets which level, and how long it may wait.
    PriorityTable { language: Language } = "/{language}/console/administration/priority";
    /// A new recovery key for the hotline.
    RecoveryKey { language: Language } = "/{language}/console/administration/recovery";
    /// The queue.
    Queue { language: Language } = "/{language}/console";
    /// One case.
    CasePage { language: Language, case: Uuid } = "/{language}/console/case/{case}";
    /// Why a case is where it is.
    WhyHere { language: Language, case: Uuid } = "/{language}/console/case/{case}/why";
    /// A case's history as a story, to print.
    CaseStory { language: Language, case: Uuid } = "/{language}/console/case/{case}/story";
    /// The same for machines.
    CaseStoryFile { language: Language, case: Uuid } = "/{language}/console/case/{case}/story.json";
    /// Drafts a notice for a case.
    NoticeDraft { language: Language, case: Uuid } = "/{language}/console/case/{case}/notice";
    /// One notice: what goes out, where it stands.
    NoticePage { language: Language, notice: Uuid } = "/{language}/console/notice/{notice}";
    /// Approves a drafted notice.
    NoticeApproval { language: Language, notice: Uuid } = "/{language}/console/notice/{notice}/approval";
    /// Takes a notice back that has not gone out.
    NoticeDiscard { language: Language, notice: Uuid } = "/{language}/console/notice/{notice}/discard";
    /// Writes down a provider's answer.
    NoticeAnswer { language: Language, notice: Uuid } = "/{language}/console/notice/{notice}/answer";
    /// Ready answers to reporters.
    Templates { language: Language } = "/{language}/console/templates";
    /// Removes one of the hotline's own.
    RemoveTemplate { language: Language, template: Uuid } = "/{language}/console/templates/{template}/remove";
    /// The cases in my hands.
    MyCases { language: Language } = "/{language}/console/mine";
    /// The cases in colleagues' hands.
    ColleaguesCases { language: Language } = "/{language}/console/colleagues";
    /// Takes one case of many that are alike.
    TakeOfFlood { language: Language, flood: Uuid } = "/{language}/console/flood/{flood}/take";
    /// They are not alike: each stands in the queue by itself.
    DissolveFlood { language: Language, flood: Uuid } = "/{language}/console/flood/{flood}/dissolve";
    /// One act for many cases: chosen, then asked for.
    Bulk { language: Language } = "/{language}/console/bulk";
    /// One that was asked for: what becomes of it.
    BulkPage { language: Language, bulk: Uuid } = "/{language}/console/bulk/{bulk}";
    /// Undoes it in time.
    UndoBulk { language: Language, bulk: Uuid } = "/{language}/console/bulk/{bulk}/undo";
    /// Cases found by anything known of them.
    Search { language: Language } = "/{language}/console/search";
    /// Saves a list and its filters under a name.
    SaveView { language: Language } = "/{language}/console/views";
    /// Removes a saved view.
    RemoveView { language: Language, view: Uuid } = "/{language}/console/views/{view}/remove";
    /// The cases that wait for a reporter or for providers.
    WaitingCases { language: Language } = "/{language}/console/waiting";
    /// The cases with an item that wants somebody else's assessment.
    SecondLook { language: Language } = "/{language}/console/second-look";
    /// News for an open page.
    Live { language: Language } = "/{language}/console/live";
    /// Figures of a period.
    Figures { language: Language } = "/{language}/console/figures";
    /// The same as a file.
    FiguresFile { language: Language } = "/{language}/console/figures.csv";
    /// The same as a workbook.
    FiguresWorkbook { language: Language } = "/{language}/console/figures.xlsx";
    /// Who is on call.
    OnCall { language: Language } = "/{language}/console/on-call";
    /// Ends a member's time on call.
    EndOnCall { language: Language, staff: Uuid } = "/{language}/console/on-call/{staff}/end";
    /// Rings the alarm once, to see that it arrives.
    TryAlarm { language: Language } = "/{language}/console/on-call/try";
    /// Takes the most urgent case.
    TakeNext { language: Language } = "/{language}/console/take-next";
    /// Takes a case.
    TakeCase { language: Language, case: Uuid } = "/{language}/console/case/{case}/take";
    /// Puts a case back.
    ReleaseCase { language: Language, case: Uuid } = "/{language}/console/case/{case}/release";
    /// Puts a case back with a reason, and takes the next.
    SkipCase { language: Language, case: Uuid } = "/{language}/console/case/{case}/skip";
    /// Gives a case to a colleague.
    HandOverCase { language: Language, case: Uuid } = "/{language}/console/case/{case}/hand-over";
    /// Assesses an item of a case.
    Assess { language: Language, case: Uuid, item: Uuid } = "/{language}/console/case/{case}/items/{item}/assess";
    /// Writes to a case's reporter.
    WriteMessage { language: Language, case: Uuid } = "/{language}/console/case/{case}/message";
    /// Adds a note to a case.
    WriteNote { language: Language, case: Uuid } = "/{language}/console/case/{case}/note";
    /// Decides whether a disputed fingerprint comes back to the list.
    DecideDispute { language: Language, case: Uuid } = "/{language}/console/case/{case}/dispute";
    /// Sets a case's labels.
    SetLabels { language: Language, case: Uuid } = "/{language}/console/case/{case}/labels";
    /// Puts a case into another state.
    ChangeState { language: Language, case: Uuid } = "/{language}/console/case/{case}/state";
    /// Closes a case.
    CloseCase { language: Language, case: Uuid } = "/{language}/console/case/{case}/close";
    /// Opens a closed case again.
    ReopenCase { language: Language, case: Uuid } = "/{language}/console/case/{case}/reopen";
    /// Stops a case, as its reporter asked.
    WithdrawCase { language: Language, case: Uuid } = "/{language}/console/case/{case}/withdraw";
    /// Puts a legal hold on a case, or takes it off.
    LegalHold { language: Language, case: Uuid } = "/{language}/console/case/{case}/legal-hold";
    /// Refers a case to police or another hotline.
    Refer { language: Language, case: Uuid } = "/{language}/console/case/{case}/refer";
}
