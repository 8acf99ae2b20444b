//! Staff accounts from the first link to the last share of recovery, on each engine.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod common;

use casework::case_keys::{self, NewCaseKeys};
use casework::recovery::{self, RecoveryError, Split};
use casework::staff::grant::{self, GrantError};
use casework::staff::invitation::{self, InviteError, NewStaff};
use casework::staff::member::{self, MemberError};
use casework::staff::session::{self, StaffSession};
use casework::staff::sign_in::{self, Attempt, SignInError, SignedIn};
use casework::staff::welcome::{self, Identity, WelcomeError};
use casework::staff::{password, second_factor};
use casework::taxonomy::{MemberState, Role};
use casework::text::Words;
use casework::vault::recovery::Share;
use casework::vault::totp::{RecoveryCode, TotpSecret};
use casework::vault::{CookieToken, NewPassword, PasswordCost, PasswordHashing, ServerKeys};
use casework::{Casework, epoch, execute};
use chrono::TimeDelta;
use common::{World, on_each_engine, on_sqlite};
use uuid::Uuid;

const PASSWORD: &str = "correct horse battery";

/// A member as they are in life: what they know and what they carry.
struct Person {
    address: String,
    secret: TotpSecret,
    codes: Vec<RecoveryCode>,
    session: CookieToken,
}

impl Person {
    /// What they type now, with the right password and the present code.
    fn attempt(&self, world: &World) -> Attempt {
        Attempt {
            address: self.address.clone(),
            password: PASSWORD.to_owned().into(),
            code: self.secret.code_at(world.cw.now()),
            device: None,
        }
    }

    async fn signed(&self, world: &World) -> StaffSession {
        session::resume(&world.cw, &self.session).await.unwrap().expect("a session")
    }

    async fn sign_in(&mut self, world: &World) -> StaffSession {
        world.clock.advance(TimeDelta::minutes(1));
        let signed_in = sign_in::sign_in(&world.cw, self.attempt(world)).await.expect("signed in");
        self.session = signed_in.session;
        self.signed(world).await
    }
}

fn chosen() -> NewPassword {
    NewPassword::parse(PASSWORD.to_owned().into(), &[]).unwrap()
}

async fn take_up(world: &World, link: &CookieToken, identity: Option<&str>) -> Person {
    let identity = identity.map(|name| Identity {
        address: format!("{name}@example.org").parse().unwrap(),
        name: Words::parse(name, 80).unwrap(),
    });
    let session = welcome::choose_password(&world.cw, link, identity, chosen()).await.unwrap();
    let enrolling = welcome::enrolling(&world.cw, &session).await.unwrap().expect("the second step");
    let code = enrolling.secret.code_at(world.cw.now());
    let codes = welcome::confirm_second_factor(&world.cw, &session, &code).await.unwrap();
    Person { address: enrolling.address, secret: enrolling.secret, codes: codes.to_vec(), session }
}

/// The first administrator, with the hotline set up.
async fn first_administrator(world: &World) -> (Person, Vec<Share>) {
    let link = invitation::first_invitation(&world.cw).await.unwrap().expect("nobody there yet");
    let anna = take_up(world, &link, Some("anna")).await;
    let session = anna.signed(world).await;
    let shares = recovery::set_up(&world.cw, &session, None, Split::default()).await.unwrap();
    (anna, shares)
}

async fn invited(world: &World, by: &StaffSession, name: &str, role: Role) -> (Uuid, CookieToken) {
    let new = NewStaff {
        organisation: by.organisation,
        address: format!("{name}@example.org").parse().unwrap(),
        name: Words::parse(name, 80).unwrap(),
        role,
        language: "sv".parse().unwrap(),
    };
    let link = invitation::invite(&world.cw, by, &new, |token| format!("https://suoja.example/{token}")).await.unwrap();
    let staff = invitation::look_up(&world.cw, &link).await.unwrap().unwrap().staff;
    (staff, link)
}

async fn newcomer(world: &World, by: &StaffSession, name: &str, role: Role) -> Person {
    let (_, link) = invited(world, by, name, role).await;
    take_up(world, &link, None).await
}

/// A case sealed to the hotline's present epoch, as intake seals it.
async fn a_case(world: &World, hotline: Uuid) -> Uuid {
    let cw = &world.cw;
    let (id, keys, now) = (cw.new_id(), NewCaseKeys::generate(cw), cw.now());
    let mut tx = cw.storage.write().await.unwrap();
    let (epoch, key) = epoch::current_epoch(&mut tx, hotline).await.unwrap().expect("set up");
    execute!(
        &mut tx,
        "INSERT INTO cases (id, reference, hotline_id, state, harm, reporter, age_band, language, danger, spreading, level,
            flagger_rank, deadline, reasons, received_at, updated_at, public_key, staff_public_key)
         VALUES ($1, $2, $3, 'received', 'seen', 'witness', 'unsure', 'en', 'no', 'no', 3, 1, $4, '[]', $4, $4, $5, $6)",
        id,
        id.to_string(),
        hotline,
        now,
        keys.case.public,
        keys.staff.public
    )
    .unwrap();
    case_keys::seal_to_epoch(cw, &mut tx, id, epoch, &key, &keys.case.private, &keys.staff.private).await.unwrap();
    tx.commit().await.unwrap();
    id
}

async fn opens(world: &World, session: &StaffSession, case: Uuid) -> bool {
    let mut tx = world.cw.storage.read().await.unwrap();
    case_keys::open_for_staff(&mut tx, &session.epochs, case).await.unwrap().is_some()
}

fn is_refused(result: &Result<SignedIn, SignInError>) -> bool {
    matches!(result, Err(SignInError::Refused))
}

#[tokio::test]
async fn the_first_link_is_new_at_each_start_and_makes_one_administrator() {
    on_each_engine(async |world| {
        let cw = &world.cw;
        let old = invitation::first_invitation(cw).await.unwrap().unwrap();
        let link = invitation::first_invitation(cw).await.unwrap().unwrap();
        assert!(invitation::look_up(cw, &old).await.unwrap().is_none(), "the older link is worth nothing");
        assert!(invitation::look_up(cw, &link).await.unwrap().unwrap().is_nameless());
        let anna = take_up(world, &link, Some("anna")).await;
        assert_eq!(anna.signed(world).await.role, Role::Administrator);
        assert!(invitation::first_invitation(cw).await.unwrap().is_none(), "there is an administrator");
        assert!(invitation::look_up(cw, &link).await.unwrap().is_none(), "a link is used once");
        let again = welcome::choose_password(cw, &link, None, chosen()).await;
        assert!(matches!(again, Err(WelcomeError::LinkEnded)));
    })
    .await;
}

#[tokio::test]
async fn an_invitation_ends_after_a_week_and_an_address_is_used_once() {
    on_each_engine(async |world| {
        let (anna, _) = first_administrator(world).await;
        let session = anna.signed(world).await;
        let (_, link) = invited(world, &session, "ben", Role::Analyst).await;
        assert_eq!(world.count("SELECT count(*) FROM outbox WHERE kind = 'mail_invitation'").await, 1);
        let same = NewStaff {
            organisation: session.organisation,
            address: "Ben@Example.org".parse().unwrap(),
            name: Words::parse("another", 80).unwrap(),
            role: Role::Lead,
            language: "en".parse().unwrap(),
        };
        let taken = invitation::invite(&world.cw, &session, &same, ToString::to_string).await;
        assert!(matches!(taken, Err(InviteError::AddressTaken)));
        world.clock.advance(invitation::VALID);
        assert!(invitation::look_up(&world.cw, &link).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn until_the_authenticator_is_confirmed_nobody_is_in() {
    on_each_engine(async |world| {
        let link = invitation::first_invitation(&world.cw).await.unwrap().unwrap();
        let who = || Identity { address: "anna@example.org".parse().unwrap(), name: Words::parse("anna", 80).unwrap() };
        let token = welcome::choose_password(&world.cw, &link, Some(who()), chosen()).await.unwrap();
        assert!(session::resume(&world.cw, &token).await.unwrap().is_none());
        let wrong = welcome::confirm_second_factor(&world.cw, &token, "000000").await;
        assert!(matches!(wrong, Err(WelcomeError::WrongCode)));
        let later = welcome::choose_password(&world.cw, &link, Some(who()), chosen()).await;
        assert!(later.is_ok(), "whoever was interrupted starts again");
        assert!(welcome::enrolling(&world.cw, &token).await.unwrap().is_none(), "and the first try is gone");
    })
    .await;
}

#[tokio::test]
async fn password_and_second_factor_are_both_needed() {
    on_each_engine(async |world| {
        let (mut anna, _) = first_administrator(world).await;
        world.clock.advance(TimeDelta::minutes(1));
        let right = || anna.attempt(world);
        let wrong_password = Attempt { password: "wrong horse battery".to_owned().into(), ..right() };
        let wrong_code = Attempt { code: "000000".to_owned(), ..right() };
        let no_code = Attempt { code: String::new(), ..right() };
        let unknown = Attempt { address: "nobody@example.org".to_owned(), ..right() };
        for attempt in [wrong_password, wrong_code, no_code, unknown] {
            assert!(is_refused(&sign_in::sign_in(&world.cw, attempt).await));
        }
        let shouting = Attempt { address: " ANNA@example.org ".to_owned(), ..right() };
        assert!(sign_in::sign_in(&world.cw, shouting).await.is_ok());
        assert!(anna.sign_in(world).await.is_holder());
    })
    .await;
}

#[tokio::test]
async fn a_try_that_failed_stands_in_the_audit_log() {
    on_each_engine(async |world| {
        let (anna, _) = first_administrator(world).await;
        world.clock.advance(TimeDelta::minutes(1));
        let tries = "SELECT count(*) FROM audit WHERE action = 'staff.sign_in_try'";
        let before = world.count(tries).await;
        let wrong = || Attempt { password: "wrong horse battery".to_owned().into(), ..anna.attempt(world) };
        for _ in 0..7 {
            assert!(is_refused(&sign_in::sign_in(&world.cw, wrong()).await));
        }
        assert_eq!(world.count(tries).await - before, 7);
        let paused = "SELECT count(*) FROM audit WHERE action = 'staff.sign_in_try' AND payload = 'paused'";
        assert!(world.count(paused).await > 0, "those in the pause say so");
    })
    .await;
}

#[tokio::test]
async fn a_code_counts_once() {
    on_each_engine(async |world| {
        let (anna, _) = first_administrator(world).await;
        world.clock.advance(TimeDelta::minutes(1));
        assert!(sign_in::sign_in(&world.cw, anna.attempt(world)).await.is_ok());
        assert!(is_refused(&sign_in::sign_in(&world.cw, anna.attempt(world)).await), "the same code again");
        let spare =
            |index: usize| Attempt { code: anna.codes[index].printable().to_lowercase(), ..anna.attempt(world) };
        assert!(sign_in::sign_in(&world.cw, spare(0)).await.is_ok());
        assert!(is_refused(&sign_in::sign_in(&world.cw, spare(0)).await), "the same recovery code again");
        assert!(sign_in::sign_in(&world.cw, spare(1)).await.is_ok());
        let session = anna.signed(world).await;
        assert_eq!(second_factor::recovery_codes_left(&world.cw, &session).await.unwrap(), 8);
        let fresh = second_factor::renew_recovery_codes(&world.cw, &session).await.unwrap();
        assert!(is_refused(&sign_in::sign_in(&world.cw, spare(2)).await), "an old code after new ones");
        let new = Attempt { code: fresh[0].printable().to_string(), ..anna.attempt(world) };
        assert!(sign_in::sign_in(&world.cw, new).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn guessing_slows_the_guesser_and_not_a_browser_that_is_known() {
    on_each_engine(async |world| {
        let (anna, _) = first_administrator(world).await;
        world.clock.advance(TimeDelta::minutes(1));
        let device = sign_in::sign_in(&world.cw, anna.attempt(world)).await.unwrap().device;
        let guess = || Attempt { password: "a guess at a password".to_owned().into(), ..anna.attempt(world) };
        let right = |index: usize| Attempt { code: anna.codes[index].printable().to_string(), ..anna.attempt(world) };
        for _ in 0..5 {
            assert!(is_refused(&sign_in::sign_in(&world.cw, guess()).await));
        }
        world.clock.advance(TimeDelta::seconds(29));
        assert!(is_refused(&sign_in::sign_in(&world.cw, right(0)).await), "even all right, in the pause");
        let known = Attempt { device: Some(device.clone()), ..right(0) };
        assert!(sign_in::sign_in(&world.cw, known).await.is_ok(), "the known browser gets in");
        assert!(is_refused(&sign_in::sign_in(&world.cw, guess()).await), "which gives the guesser nothing");
        world.clock.advance(TimeDelta::seconds(61));
        assert!(sign_in::sign_in(&world.cw, anna.attempt(world)).await.is_ok(), "the pause is short");

        for _ in 0..5 {
            let stolen = Attempt { device: Some(device.clone()), ..guess() };
            assert!(is_refused(&sign_in::sign_in(&world.cw, stolen).await));
        }
        world.clock.advance(TimeDelta::seconds(29));
        let known = Attempt { device: Some(device), ..right(1) };
        assert!(is_refused(&sign_in::sign_in(&world.cw, known).await), "a known browser is slowed for its own tries");
        assert!(sign_in::sign_in(&world.cw, right(1)).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn tries_at_the_same_moment_all_count() {
    on_each_engine(async |world| {
        let (anna, _) = first_administrator(world).await;
        world.clock.advance(TimeDelta::minutes(1));
        let guess = || Attempt { password: "a guess at a password".to_owned().into(), ..anna.attempt(world) };
        let tries = (guess(), guess(), guess(), guess(), guess(), guess());
        let try_one = |attempt| sign_in::sign_in(&world.cw, attempt);
        let _ = tokio::join!(
            try_one(tries.0),
            try_one(tries.1),
            try_one(tries.2),
            try_one(tries.3),
            try_one(tries.4),
            try_one(tries.5)
        );
        assert!(is_refused(&sign_in::sign_in(&world.cw, anna.attempt(world)).await), "the pause has begun");
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_by_itself_by_hand_and_everywhere() {
    on_each_engine(async |world| {
        let cw = &world.cw;
        let (mut anna, _) = first_administrator(world).await;
        anna.sign_in(world).await;
        world.clock.advance(session::IDLE);
        assert!(session::resume(cw, &anna.session).await.unwrap().is_none(), "idle");

        anna.sign_in(world).await;
        for _ in 0..25 {
            world.clock.advance(session::IDLE - TimeDelta::minutes(1));
            if session::resume(cw, &anna.session).await.unwrap().is_none() {
                break;
            }
        }
        assert!(session::resume(cw, &anna.session).await.unwrap().is_none(), "used all day, it still ends");
        assert!(session::sweep(cw).await.unwrap() >= 2, "ended sessions leave no rows");

        let here = anna.sign_in(world).await;
        let token = anna.session.clone();
        anna.sign_in(world).await;
        assert_eq!(session::own(cw, &here).await.unwrap().len(), 2);
        session::sign_out(cw, &here).await.unwrap();
        assert!(session::resume(cw, &token).await.unwrap().is_none());
        let there = anna.signed(world).await;
        session::sign_out_everywhere(cw, &there).await.unwrap();
        assert!(session::resume(cw, &anna.session).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn a_grant_opens_old_cases_and_only_a_holder_gives_it() {
    on_each_engine(async |world| {
        let (anna, _) = first_administrator(world).await;
        let admin = anna.signed(world).await;
        let old = a_case(world, admin.organisation).await;
        let ben = newcomer(world, &admin, "ben", Role::Administrator).await;
        let cleo = newcomer(world, &admin, "cleo", Role::Analyst).await;
        let (ben_in, cleo_in) = (ben.signed(world).await, cleo.signed(world).await);
        assert!(!ben_in.is_holder(), "an administrator without a grant");
        assert!(matches!(grant::grant(&world.cw, &ben_in, cleo_in.staff).await, Err(GrantError::NotAHolder)));
        assert!(!opens(world, &cleo_in, old).await);
        let waiting = grant::waiting(&world.cw, &admin).await.unwrap();
        assert_eq!(waiting.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["ben", "cleo"]);

        grant::grant(&world.cw, &admin, cleo_in.staff).await.unwrap();
        assert!(opens(world, &cleo.signed(world).await, old).await, "in the session she had already");
        assert!(matches!(grant::grant(&world.cw, &admin, cleo_in.staff).await, Err(GrantError::NotWaiting)));
        assert!(matches!(grant::grant(&world.cw, &admin, Uuid::nil()).await, Err(GrantError::NotWaiting)));
    })
    .await;
}

#[tokio::test]
async fn who_is_removed_is_out_at_once_and_opens_no_new_case() {
    on_each_engine(async |world| {
        let (anna, _) = first_administrator(world).await;
        let admin = anna.signed(world).await;
        let cleo = newcomer(world, &admin, "cleo", Role::Analyst).await;
        let cleo_id = cleo.signed(world).await.staff;
        grant::grant(&world.cw, &admin, cleo_id).await.unwrap();
        let kept = cleo.signed(world).await;
        let old = a_case(world, admin.organisation).await;
        let mut tx = world.cw.storage.write().await.unwrap();
        execute!(&mut tx, "UPDATE cases SET holder_id = $1 WHERE id = $2", cleo_id, old).unwrap();
        tx.commit().await.unwrap();

        assert!(matches!(member::remove(&world.cw, &admin, admin.staff).await, Err(MemberError::Oneself)));
        member::remove(&world.cw, &admin, cleo_id).await.unwrap();
        assert!(session::resume(&world.cw, &cleo.session).await.unwrap().is_none());
        world.clock.advance(TimeDelta::minutes(1));
        assert!(is_refused(&sign_in::sign_in(&world.cw, cleo.attempt(world)).await));
        assert_eq!(world.count("SELECT count(*) FROM cases WHERE holder_id IS NOT NULL").await, 0, "her case is free");

        let new = a_case(world, admin.organisation).await;
        assert!(!opens(world, &kept, new).await, "what she still had in memory does not open it");
        let admin = anna.signed(world).await;
        assert!(opens(world, &admin, new).await && opens(world, &admin, old).await);
        let dina = newcomer(world, &admin, "dina", Role::Lead).await;
        grant::grant(&world.cw, &admin, dina.signed(world).await.staff).await.unwrap();
        let dina_in = dina.signed(world).await;
        assert!(opens(world, &dina_in, old).await && opens(world, &dina_in, new).await, "a grant carries every epoch");
    })
    .await;
}

#[tokio::test]
async fn the_last_holder_stays_and_nobody_changes_their_own_role() {
    on_each_engine(async |world| {
        let (anna, _) = first_administrator(world).await;
        let admin = anna.signed(world).await;
        let ben = newcomer(world, &admin, "ben", Role::Administrator).await;
        let ben_in = ben.signed(world).await;
        assert!(matches!(member::remove(&world.cw, &ben_in, admin.staff).await, Err(MemberError::LastHolder)));
        let own = member::change_role(&world.cw, &ben_in, ben_in.staff, Role::Lead).await;
        assert!(matches!(own, Err(MemberError::Oneself)));
        member::change_role(&world.cw, &ben_in, admin.staff, Role::Analyst).await.unwrap();
        assert_eq!(anna.signed(world).await.role, Role::Analyst);
    })
    .await;
}

#[tokio::test]
async fn a_reset_makes_a_new_pair_that_waits_for_a_grant() {
    on_each_engine(async |world| {
        let (anna, _) = first_administrator(world).await;
        let admin = anna.signed(world).await;
        let ben = newcomer(world, &admin, "ben", Role::Analyst).await;
        let ben_id = ben.signed(world).await.staff;
        grant::grant(&world.cw, &admin, ben_id).await.unwrap();
        let case = a_case(world, admin.organisation).await;
        let link = invitation::reset(&world.cw, &admin, ben_id, ToString::to_string).await.unwrap();
        assert!(session::resume(&world.cw, &ben.session).await.unwrap().is_none());
        world.clock.advance(TimeDelta::minutes(1));
        assert!(is_refused(&sign_in::sign_in(&world.cw, ben.attempt(world)).await), "the old password");
        let ben = take_up(world, &link, None).await;
        assert!(!ben.signed(world).await.is_holder());
        grant::grant(&world.cw, &admin, ben_id).await.unwrap();
        assert!(opens(world, &ben.signed(world).await, case).await);
    })
    .await;
}

#[tokio::test]
async fn a_new_password_keeps_the_key_and_ends_other_sessions() {
    on_each_engine(async |world| {
        let (mut anna, _) = first_administrator(world).await;
        let elsewhere = anna.session.clone();
        let here = anna.sign_in(world).await;
        let case = a_case(world, here.organisation).await;
        let new = || NewPassword::parse("another long password".to_owned().into(), &[]).unwrap();
        let wrong = password::change(&world.cw, &here, None, "not this one at all".to_owned().into(), new()).await;
        assert!(matches!(wrong, Err(password::ChangeError::Wrong)));
        for _ in 0..4 {
            let guess =
                password::change(&world.cw, &here, None, "a guess at a password".to_owned().into(), new()).await;
            assert!(guess.is_err());
        }
        let in_pause = password::change(&world.cw, &here, None, PASSWORD.to_owned().into(), new()).await;
        assert!(matches!(in_pause, Err(password::ChangeError::Wrong)), "guessing at an open console is slowed too");
        world.clock.advance(TimeDelta::seconds(31));
        password::change(&world.cw, &here, None, PASSWORD.to_owned().into(), new()).await.unwrap();
        assert!(session::resume(&world.cw, &elsewhere).await.unwrap().is_none());
        world.clock.advance(TimeDelta::minutes(1));
        assert!(is_refused(&sign_in::sign_in(&world.cw, anna.attempt(world)).await));
        let attempt = Attempt { password: "another long password".to_owned().into(), ..anna.attempt(world) };
        let token = sign_in::sign_in(&world.cw, attempt).await.unwrap().session;
        let back = session::resume(&world.cw, &token).await.unwrap().unwrap();
        assert!(opens(world, &back, case).await);
    })
    .await;
}

#[tokio::test]
async fn two_shares_of_three_open_everything_and_one_opens_nothing() {
    on_each_engine(async |world| {
        let (anna, shares) = first_administrator(world).await;
        let admin = anna.signed(world).await;
        let old = a_case(world, admin.organisation).await;
        let cleo = newcomer(world, &admin, "cleo", Role::Analyst).await;
        grant::grant(&world.cw, &admin, cleo.signed(world).await.staff).await.unwrap();
        member::remove(&world.cw, &admin, cleo.signed(world).await.staff).await.unwrap();
        let new = a_case(world, admin.organisation).await;

        let ben = newcomer(world, &admin, "ben", Role::Administrator).await;
        let ben_in = ben.signed(world).await;
        let alone = recovery::recover(&world.cw, &ben_in, &shares[..1]).await;
        assert!(matches!(alone, Err(RecoveryError::Shares(_))));
        assert!(!ben.signed(world).await.is_holder());
        let typed: Vec<Share> = shares[1..].iter().map(|share| share.printable().parse().unwrap()).collect();
        assert_eq!(recovery::recover(&world.cw, &ben_in, &typed).await.unwrap(), 2);
        let ben_in = ben.signed(world).await;
        assert!(opens(world, &ben_in, old).await && opens(world, &ben_in, new).await);
    })
    .await;
}

#[tokio::test]
async fn new_shares_replace_the_old_ones_once_they_are_stored() {
    on_each_engine(async |world| {
        let (anna, old) = first_administrator(world).await;
        let admin = anna.signed(world).await;
        assert!(matches!(
            recovery::set_up(&world.cw, &admin, None, Split::default()).await,
            Err(RecoveryError::AlreadySetUp)
        ));
        let ben = newcomer(world, &admin, "ben", Role::Administrator).await;
        let ben_in = ben.signed(world).await;
        let how = Split::new(3, 5).unwrap();
        assert!(matches!(recovery::renew(&world.cw, &ben_in, how).await, Err(RecoveryError::NotAHolder)));
        recovery::renew(&world.cw, &admin, how).await.unwrap();
        let new = recovery::renew(&world.cw, &admin, how).await.unwrap();
        recovery::confirm_stored(&world.cw, &ben_in).await.unwrap();
        assert!(matches!(recovery::recover(&world.cw, &ben_in, &new[1..4]).await, Err(RecoveryError::NotOurs)));
        assert_eq!(
            recovery::recover(&world.cw, &ben_in, &old).await.unwrap(),
            1,
            "nobody has said that the new are stored"
        );
        assert!(ben.signed(world).await.is_holder());

        recovery::confirm_stored(&world.cw, &admin).await.unwrap();
        let cleo = newcomer(world, &admin, "cleo", Role::Administrator).await;
        let cleo_in = cleo.signed(world).await;
        assert!(matches!(recovery::recover(&world.cw, &cleo_in, &old).await, Err(RecoveryError::NotOurs)));
        assert_eq!(recovery::recover(&world.cw, &cleo_in, &new[1..4]).await.unwrap(), 1);
        recovery::confirm_stored(&world.cw, &admin).await.unwrap();
        assert_eq!(
            recovery::recover(&world.cw, &cleo_in, &new[0..3]).await.unwrap(),
            1,
            "saying it twice changes nothing"
        );
    })
    .await;
}

#[tokio::test]
async fn a_hotline_takes_no_cases_before_its_set_up() {
    on_each_engine(async |world| {
        let link = invitation::first_invitation(&world.cw).await.unwrap().unwrap();
        let anna = take_up(world, &link, Some("anna")).await;
        let hotline = anna.signed(world).await.organisation;
        let mut tx = world.cw.storage.read().await.unwrap();
        assert!(epoch::current_epoch(&mut tx, hotline).await.unwrap().is_none());
        assert!(casework::routing::load(&mut tx).await.unwrap().is_none());
        drop(tx);
        recovery::set_up(&world.cw, &anna.signed(world).await, None, Split::default()).await.unwrap();
        let mut tx = world.cw.storage.read().await.unwrap();
        assert_eq!(casework::routing::load(&mut tx).await.unwrap().unwrap().default, hotline);
        drop(tx);
        assert!(anna.signed(world).await.is_holder());
        let members = member::list(&world.cw).await.unwrap();
        assert_eq!(members.iter().map(|member| member.state).collect::<Vec<_>>(), [MemberState::Active]);
    })
    .await;
}

#[tokio::test]
async fn the_database_alone_opens_nothing() {
    on_sqlite(async |world| {
        let (mut anna, _) = first_administrator(world).await;
        let admin = anna.sign_in(world).await;
        let (_, link) = invited(world, &admin, "ben", Role::Analyst).await;
        let thief_keys = ServerKeys::generate(&*world.cw.randomness);
        let thief = Casework {
            storage: world.cw.storage.clone(),
            clock: world.cw.clock.clone(),
            randomness: world.cw.randomness.clone(),
            passwords: PasswordHashing::new(&thief_keys, PasswordCost::cheapest(), 1),
            keys: thief_keys,
            hours: world.cw.hours.clone(),
            host_countries: world.cw.host_countries.clone(),
            near: world.cw.near.clone(),
            changes: world.cw.changes.clone(),
        };
        assert!(session::resume(&thief, &anna.session).await.unwrap().is_none(), "even with the cookie");
        world.clock.advance(TimeDelta::minutes(1));
        assert!(is_refused(&sign_in::sign_in(&thief, anna.attempt(world)).await), "even with the password");
        assert!(invitation::look_up(&thief, &link).await.unwrap().is_none());

        let bytes = world.database_bytes();
        let is_in = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
        assert!(is_in(b"anna@example.org"), "the search finds what is there");
        for secret in [
            PASSWORD.to_owned(),
            anna.session.to_string(),
            link.to_string(),
            anna.secret.printable().to_string(),
            anna.codes[5].printable().to_string(),
        ] {
            assert!(!is_in(secret.as_bytes()), "{secret} lies open in the database");
        }
        assert!(!is_in(anna.secret.as_bytes()));
        let chain = casework::audit::verify(&world.cw, None).await.unwrap();
        assert!(matches!(chain, casework::audit::Verdict::BrokenAt(_)), "the thief's own tries do not fit the chain");
    })
    .await;
}
