//! Running the installation: members, organisations, routing, priority, recovery.

mod organisations;
mod partner;
mod priority;
mod recovery_key;
mod retention;
pub(super) mod rotation;
mod routing;
mod staff;
mod teams;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use casework::taxonomy::{OrganisationKind, Role};
use leptos::prelude::*;

use crate::paths::{
    ChangeRole, EndKey, EndTeam, Grant, Invite, Member, NewKeyOf, NewOrganisation, Organisation, Organisations,
    Partner, PartnerTerms, PriorityTable, RecoveryKey, RemoveMember, ResetMember, Resume, Retention, Rotation, Routing,
    Staff, Suspend, Team, Teams, Templates, Url,
};
use crate::words::Language;
use crate::{App, say};

/// Every administration route.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route(Staff::PATTERN, get(staff::show))
        .route(Invite::PATTERN, get(staff::invite_form).post(staff::invite))
        .route(Member::PATTERN, get(staff::member))
        .route(Grant::PATTERN, get(staff::to_staff).post(staff::grant))
        .route(ChangeRole::PATTERN, get(staff::to_staff).post(staff::change_role))
        .route(ResetMember::PATTERN, get(staff::to_staff).post(staff::reset))
        .route(RemoveMember::PATTERN, get(staff::to_staff).post(staff::remove))
        .route(Organisations::PATTERN, get(organisations::list))
        .route(NewOrganisation::PATTERN, get(organisations::new_form).post(organisations::create))
        .route(Organisation::PATTERN, get(organisations::show).post(organisations::change))
        .route(Suspend::PATTERN, get(organisations::to_organisation).post(organisations::suspend))
        .route(Resume::PATTERN, get(organisations::to_organisation).post(organisations::resume))
        .route(Partner::PATTERN, get(partner::show))
        .route(PartnerTerms::PATTERN, get(partner::to_partner).post(partner::record))
        .route(NewKeyOf::PATTERN, get(partner::to_partner).post(partner::make_key))
        .route(EndKey::PATTERN, get(partner::to_partner).post(partner::end_key))
        .route(Routing::PATTERN, get(routing::show).post(routing::save))
        .route(Rotation::PATTERN, get(rotation::show).post(rotation::change))
        .route(Teams::PATTERN, get(teams::show).post(teams::create))
        .route(Team::PATTERN, get(teams::to_list).post(teams::change))
        .route(EndTeam::PATTERN, get(teams::to_list).post(teams::end))
        .route(PriorityTable::PATTERN, get(priority::show).post(priority::save))
        .route(Retention::PATTERN, get(retention::show).post(retention::save))
        .route(RecoveryKey::PATTERN, get(recovery_key::show).post(recovery_key::renew))
}

/// The pages of administration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    Staff,
    Teams,
    Rotation,
    Organisations(OrganisationKind),
    Routing,
    Priority,
    Retention,
    Recovery,
    Templates,
}

impl Tab {
    const ALL: [Self; 12] = [
        Self::Staff,
        Self::Teams,
        Self::Rotation,
        Self::Organisations(OrganisationKind::Hotline),
        Self::Organisations(OrganisationKind::TrustedFlagger),
        Self::Organisations(OrganisationKind::Provider),
        Self::Organisations(OrganisationKind::Police),
        Self::Routing,
        Self::Priority,
        Self::Retention,
        Self::Recovery,
        Self::Templates,
    ];

    fn is_for(self, role: Role) -> bool {
        role == Role::Administrator
            || matches!(self, Self::Staff | Self::Teams | Self::Rotation | Self::Retention | Self::Templates)
    }

    fn href(self, language: Language) -> String {
        match self {
            Self::Staff => Staff { language }.to_string(),
            Self::Teams => Teams { language }.to_string(),
            Self::Rotation => Rotation { language }.to_string(),
            Self::Organisations(kind) => Organisations { language, kind }.to_string(),
            Self::Routing => Routing { language }.to_string(),
            Self::Priority => PriorityTable { language }.to_string(),
            Self::Retention => Retention { language }.to_string(),
            Self::Recovery => RecoveryKey { language }.to_string(),
            Self::Templates => Templates { language }.to_string(),
        }
    }

    fn words(self, language: Language) -> String {
        match self {
            Self::Staff => say!(language, "administration.staff.title"),
            Self::Teams => say!(language, "administration.teams.title"),
            Self::Rotation => say!(language, "care.rotation.title"),
            Self::Organisations(kind) => say!(language, format!("administration.kind.{kind}")),
            Self::Routing => say!(language, "administration.routing.title"),
            Self::Priority => say!(language, "administration.priority.title"),
            Self::Retention => say!(language, "retention.title"),
            Self::Recovery => say!(language, "administration.recovery.title"),
            Self::Templates => say!(language, "template.title"),
        }
    }
}

/// The way between the pages of administration that this role may see.
pub(super) fn tabs(language: Language, role: Role, here: Tab) -> impl IntoView {
    let tabs = Tab::ALL
        .into_iter()
        .filter(|tab| tab.is_for(role))
        .map(|tab| {
            let current = (tab == here).then_some("page");
            view! { <li><a href=tab.href(language) aria-current=current>{tab.words(language)}</a></li> }
        })
        .collect_view();
    view! { <nav aria-label=say!(language, "administration.nav")><ul class="tabs">{tabs}</ul></nav> }
}
