//! Where reports go, and why: rules, teams, the default hotline, and what other rules would do.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
mod desk;

use std::collections::BTreeSet;

use casework::routing::{self, Asks, Destination, Facts, Routing, Rule, dry_run, why};
use casework::staff::session::StaffSession;
use casework::taxonomy::{Harm, Role};
use casework::team::{self, TeamError};
use casework::{execute, queue, search};
use chrono::TimeDelta;
use common::sent::picture;
use common::{Hotline, World, on_each_engine};
use desk::{Shape, case, member, words};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use uuid::Uuid;

/// A rule that asks for nothing yet.
fn to(hotline: Uuid, team: Option<Uuid>) -> Rule {
    Rule { country: None, language: None, harm: None, provider: None, host: None, source: None, hotline, team }
}

async fn team_of(world: &World, lead: &StaffSession, name: &str, members: &[&StaffSession]) -> Uuid {
    let team = team::create(&world.cw, lead, &words(name)).await.unwrap();
    let members = members.iter().map(|member| member.staff).collect();
    team::change(&world.cw, lead, team, &members).await.unwrap();
    team
}

/// Gives a waiting case to a team, as a rule would have.
async fn for_team(world: &World, case: Uuid, team: Uuid) {
    let mut tx = world.cw.storage.write().await.unwrap();
    execute!(&mut tx, "UPDATE cases SET team_id = $1 WHERE id = $2", team, case).unwrap();
    tx.commit().await.unwrap();
}

async fn next(world: &World, session: &StaffSession) -> Option<Uuid> {
    queue::take_next(&world.cw, session).await.unwrap()
}

async fn staff(world: &World) -> (Hotline, StaffSession, StaffSession, StaffSession) {
    let hotline = world.hotline().await;
    let lead = member(world, &hotline, "lea", Role::Lead).await;
    let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
    let olli = member(world, &hotline, "olli", Role::Analyst).await;
    (hotline, lead, kaisa, olli)
}

#[tokio::test]
async fn a_report_goes_by_the_first_rule_that_fits_and_says_so() {
    on_each_engine(async |world| {
        let (hotline, lead, kaisa, _) = staff(world).await;
        let night = team_of(world, &lead, "Night", &[&kaisa]).await;
        let hosted = team_of(world, &lead, "Hosted", &[&kaisa]).await;
        let provider = world.provider("Mediahost", "example.com").await;
        let sweden = Rule { country: "SE".parse().ok(), ..to(hotline.id, None) };
        // The report's link lies with that provider, and in the Netherlands.
        let of_provider = Rule { provider: Some(provider), country: "FI".parse().ok(), ..to(hotline.id, Some(night)) };
        let of_host = Rule { host: "NL".parse().ok(), ..to(hotline.id, Some(hosted)) };

        routing::save_rules(&world.cw, &lead, &[sweden.clone(), of_provider.clone()]).await.unwrap();
        let first = picture(world).await.case;
        let told = why::why(&world.cw, &lead, first).await.unwrap().unwrap();
        assert_eq!(told.here, Destination { hotline: hotline.id, team: Some(night) });
        assert_eq!(told.routed.unwrap().by, Some((2, of_provider)));
        assert_eq!(told.facts.hosts, ["NL".parse().unwrap()]);
        assert_eq!(told.rules[0].1, [(Asks::Country, false)]);
        assert_eq!(told.rules[1].1, [(Asks::Country, true), (Asks::Provider, true)]);

        routing::save_rules(&world.cw, &lead, &[of_host]).await.unwrap();
        let second = picture(world).await.case;
        assert_eq!(why::why(&world.cw, &lead, second).await.unwrap().unwrap().here.team, Some(hosted));
        // Rules change, the case stays, and its page says where it would go today.
        let told = why::why(&world.cw, &lead, first).await.unwrap().unwrap();
        assert_eq!(told.here.team, Some(night));
        assert_eq!(told.today, Some((Destination { hotline: hotline.id, team: Some(hosted) }, Some(1))));

        routing::save_rules(&world.cw, &lead, &[sweden]).await.unwrap();
        let third = picture(world).await.case;
        assert!(why::why(&world.cw, &lead, third).await.unwrap().unwrap().routed.unwrap().is_unrouted());
        for (case, team, is_unrouted) in
            [(first, Some("Night"), false), (second, Some("Hosted"), false), (third, None, true)]
        {
            let rows = search::these(&world.cw, &lead, BTreeSet::from([case])).await.unwrap();
            assert_eq!((rows[0].team.as_deref(), rows[0].is_unrouted), (team, is_unrouted));
        }
    })
    .await;
}

#[tokio::test]
async fn of_another_hotline_nobody_learns_why() {
    on_each_engine(async |world| {
        let (hotline, ..) = staff(world).await;
        let there = case(world, &hotline, Shape::level(2)).await;
        let other = world.hotline().await;
        let stranger = member(world, &other, "ville", Role::Lead).await;
        assert_eq!(why::why(&world.cw, &stranger, there).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn rules_are_tried_on_the_last_cases_and_change_nothing() {
    on_each_engine(async |world| {
        let (hotline, lead, ..) = staff(world).await;
        let night = team_of(world, &lead, "Night", &[]).await;
        world.clock.advance(TimeDelta::minutes(1));
        let south = world.hotline().await;
        for _ in 0..3 {
            picture(world).await;
        }
        let english = Rule { language: "en".parse().ok(), ..to(south.id, None) };
        let swedish = Rule { language: "sv".parse().ok(), ..to(hotline.id, Some(night)) };
        // Nobody holds a key of this hotline: a rule to it decides nothing.
        let keyless = world.cw.new_id();
        let mut tx = world.cw.storage.write().await.unwrap();
        let sql = "INSERT INTO organisation (id, kind, name, created_at) VALUES ($1, 'hotline', 'Asleep', $2)";
        execute!(&mut tx, sql, keyless, world.cw.now()).unwrap();
        tx.commit().await.unwrap();
        let rules = [to(keyless, None), swedish, english];
        let before = routing::saved_rules(&world.cw).await.unwrap();
        let tried = dry_run::try_out(&world.cw, &rules).await.unwrap().unwrap();
        assert_eq!((tried.cases, tried.unrouted, tried.unrouted_now), (3, 0, 0));
        assert_eq!(tried.by_rule, [0, 0, 3]);
        let north = Destination { hotline: hotline.id, team: None };
        let moves: Vec<_> = tried.moves.into_iter().collect();
        assert_eq!(moves, [((north, Destination { hotline: south.id, team: None }), 3)]);
        assert_eq!(routing::saved_rules(&world.cw).await.unwrap(), before);
        let none = dry_run::try_out(&world.cw, &rules[..2]).await.unwrap().unwrap();
        assert_eq!((none.unrouted, none.by_rule), (3, vec![0, 0]));
        assert!(none.moves.is_empty(), "the default hotline is where they are");
    })
    .await;
}

#[tokio::test]
async fn a_team_is_given_its_cases_first_and_keeps_none_from_the_others_for_long() {
    on_each_engine(async |world| {
        let (hotline, lead, kaisa, olli) = staff(world).await;
        let night = team_of(world, &lead, "Night", &[&kaisa]).await;
        let theirs = case(world, &hotline, Shape::level(2).due_in(10)).await;
        let anybodys = case(world, &hotline, Shape::level(2).due_in(20)).await;
        for_team(world, theirs, night).await;

        assert_eq!(next(world, &olli).await, Some(anybodys), "the other team's is passed over");
        assert_eq!(next(world, &olli).await, None);
        queue::take(&world.cw, &olli, theirs).await.expect("by hand he may");
        queue::release(&world.cw, &olli, theirs).await.unwrap();
        assert_eq!(next(world, &kaisa).await, Some(theirs));
        queue::release(&world.cw, &kaisa, theirs).await.unwrap();

        let urgent = case(world, &hotline, Shape::level(1)).await;
        for_team(world, urgent, night).await;
        assert_eq!(next(world, &olli).await, Some(urgent), "what is urgent is everybody's");
        world.clock.advance(TimeDelta::minutes(11));
        assert_eq!(next(world, &olli).await, Some(theirs), "what is late is everybody's");

        let last = case(world, &hotline, Shape::level(2)).await;
        for_team(world, last, night).await;
        assert_eq!(next(world, &olli).await, None);
        team::change(&world.cw, &lead, night, &BTreeSet::new()).await.unwrap();
        assert_eq!(next(world, &olli).await, Some(last), "nobody is in the team");
    })
    .await;
}

#[tokio::test]
async fn the_team_of_somebody_who_left_is_everybodys() {
    on_each_engine(async |world| {
        let (hotline, lead, kaisa, olli) = staff(world).await;
        let night = team_of(world, &lead, "Night", &[&kaisa]).await;
        let theirs = case(world, &hotline, Shape::level(2)).await;
        for_team(world, theirs, night).await;
        let mut tx = world.cw.storage.write().await.unwrap();
        execute!(&mut tx, "UPDATE staff SET state = 'removed' WHERE id = $1", kaisa.staff).unwrap();
        tx.commit().await.unwrap();
        assert_eq!(next(world, &olli).await, Some(theirs));
    })
    .await;
}

#[tokio::test]
async fn whoever_holds_a_case_gives_it_to_a_team_or_back_to_everybody() {
    on_each_engine(async |world| {
        let (hotline, lead, kaisa, olli) = staff(world).await;
        let night = team_of(world, &lead, "Night", &[&kaisa]).await;
        let one = case(world, &hotline, Shape::level(2)).await;
        let cw = &world.cw;
        assert!(team::give(cw, &olli, one, Some(night), None).await.is_err(), "it is in nobody's hands");
        queue::take(cw, &olli, one).await.unwrap();
        let elsewhere = world.hotline().await;
        let ville = member(world, &elsewhere, "ville", Role::Lead).await;
        let others = team_of(world, &ville, "South", &[]).await;
        assert!(team::give(cw, &olli, one, Some(others), None).await.is_err(), "another hotline's team");
        team::give(cw, &olli, one, Some(night), Some(&words("Please look tonight."))).await.unwrap();
        assert_eq!(next(world, &olli).await, None);
        let opened = casework::case::open(cw, &kaisa, one).await.unwrap();
        assert_eq!((opened.facts.team.as_deref(), opened.facts.holder_id), (Some("Night"), None));
        assert_eq!(opened.notes[0].body, "Please look tonight.");
        assert_eq!(next(world, &kaisa).await, Some(one));
        team::give(cw, &kaisa, one, None, None).await.unwrap();
        assert_eq!(next(world, &olli).await, Some(one));
    })
    .await;
}

#[tokio::test]
async fn teams_are_for_leads_to_change_and_end_without_losing_a_case_or_a_rule() {
    on_each_engine(async |world| {
        let (hotline, lead, kaisa, olli) = staff(world).await;
        let cw = &world.cw;
        assert!(matches!(team::create(cw, &kaisa, &words("Mine")).await, Err(TeamError::NotForYou)));
        let night = team_of(world, &lead, "Night", &[&kaisa]).await;
        assert!(matches!(team::create(cw, &lead, &words("Night")).await, Err(TeamError::NameTaken)));
        assert!(matches!(team::end(cw, &kaisa, night).await, Err(TeamError::NotForYou)));
        let elsewhere = world.hotline().await;
        let ville = member(world, &elsewhere, "ville", Role::Lead).await;
        assert!(matches!(team::end(cw, &ville, night).await, Err(TeamError::NotFound)));
        team::change(cw, &lead, night, &BTreeSet::from([kaisa.staff, ville.staff])).await.unwrap();
        let pairs = team::members(cw, &lead).await.unwrap();
        assert_eq!(pairs, BTreeSet::from([(night, kaisa.staff)]), "not who is of another hotline");

        routing::save_rules(cw, &lead, &[to(hotline.id, Some(night))]).await.unwrap();
        let theirs = case(world, &hotline, Shape::level(2)).await;
        for_team(world, theirs, night).await;
        team::end(cw, &lead, night).await.unwrap();
        assert_eq!(routing::saved_rules(cw).await.unwrap(), [to(hotline.id, None)]);
        assert_eq!(next(world, &olli).await, Some(theirs));
        assert_eq!(team::all(cw).await.unwrap(), []);
    })
    .await;
}

/// Of three countries, languages and so on, so that rules often fit.
fn one_of(names: [&'static str; 3]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(names.to_vec())
}

fn id() -> impl Strategy<Value = Uuid> {
    (1_u128..4).prop_map(Uuid::from_u128)
}

fn a_rule() -> impl Strategy<Value = Rule> {
    let asked = (
        option::of(one_of(["FI", "SE", "NO"])),
        option::of(one_of(["fi", "sv", "pt"])),
        option::of(prop::sample::select(vec![Harm::OwnImage, Harm::Threat, Harm::Seen])),
        option::of(id()),
        option::of(one_of(["NL", "DE", "US"])),
        option::of(id()),
    );
    (asked, id(), option::of(id())).prop_map(|((country, language, harm, provider, host, source), hotline, team)| {
        Rule {
            country: country.map(|code| code.parse().unwrap()),
            language: language.map(|code| code.parse().unwrap()),
            harm,
            provider,
            host: host.map(|code| code.parse().unwrap()),
            source,
            hotline,
            team,
        }
    })
}

fn some_facts() -> impl Strategy<Value = Facts> {
    let harm = prop::sample::select(vec![Harm::OwnImage, Harm::Threat, Harm::Seen]);
    let country = option::of(one_of(["FI", "SE", "NO"]));
    let language = one_of(["fi", "sv", "pt-br"]);
    (country, language, harm, vec(id(), 0..3), vec(one_of(["NL", "DE", "US"]), 0..3), option::of(id())).prop_map(
        |(country, language, harm, providers, hosts, source)| Facts {
            country: country.map(|code| code.parse().unwrap()),
            language: language.parse().unwrap(),
            harm,
            providers: providers.into_iter().collect(),
            hosts: hosts.into_iter().map(|code| code.parse().unwrap()).collect(),
            source,
        },
    )
}

/// Whether a rule fits, said once more in other words.
fn fits(rule: &Rule, facts: &Facts) -> bool {
    let language = |wanted: &str| format!("{}-", facts.language).starts_with(&format!("{wanted}-"));
    !(rule.country.is_some() && rule.country != facts.country)
        && rule.language.as_ref().is_none_or(|wanted| language(wanted.as_str()))
        && rule.harm.is_none_or(|wanted| wanted == facts.harm)
        && rule.provider.is_none_or(|wanted| facts.providers.contains(&wanted))
        && rule.host.as_ref().is_none_or(|wanted| facts.hosts.contains(wanted))
        && (rule.source.is_none() || rule.source == facts.source)
}

proptest! {
    /// Whatever rules and reports there are: the first that fits decides, nothing after it matters, and asked again the
    /// answer is the same.
    #[test]
    fn routing_is_decided_by_the_first_rule_that_fits_and_by_nothing_else(
        rules in vec(a_rule(), 0..12),
        later in vec(a_rule(), 0..4),
        facts in some_facts(),
    ) {
        let default = Uuid::from_u128(99);
        let routing = Routing { rules: rules.clone(), default };
        let (destination, routed) = routing.decide(&facts);
        let first = rules.iter().position(|rule| fits(rule, &facts));
        prop_assert_eq!(routed.by.as_ref().map(|(place, _)| place - 1), first);
        let expected = first.map_or(Destination { hotline: default, team: None }, |first| {
            Destination { hotline: rules[first].hotline, team: rules[first].team }
        });
        prop_assert_eq!(destination, expected);
        prop_assert_eq!(routing.decide(&facts), (destination, routed));
        if first.is_some() {
            let longer = Routing { rules: [rules, later].concat(), default };
            prop_assert_eq!(longer.decide(&facts).0, destination);
        }
    }
}
