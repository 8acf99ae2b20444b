//! Finding cases: by anything known of them, open or closed, newest first, page by page.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;
mod desk;

use casework::account::AccountHandle;
use casework::item::NewItem;
use casework::queue::QueueFilter;
use casework::search::{self, PAGE, SearchFilter};
use casework::staff::session::StaffSession;
use casework::taxonomy::{CaseState, ContextLabel, Role};
use casework::{execute, near, report, view};
use chrono::TimeDelta;
use common::{Hotline, World, on_each_engine};
use desk::{Shape, case, link, member, words};
use uuid::Uuid;

async fn found(world: &World, session: &StaffSession, text: &str) -> Vec<Uuid> {
    by(world, session, Some(text), &SearchFilter::default()).await
}

async fn by(world: &World, session: &StaffSession, text: Option<&str>, filter: &SearchFilter) -> Vec<Uuid> {
    let found = search::find(&world.cw, session, text, filter, None).await.unwrap();
    assert_eq!(found.next, None);
    found.rows.into_iter().map(|row| row.id).collect()
}

/// A case a minute after the one before it.
async fn next_case(world: &World, hotline: &Hotline, shape: Shape) -> Uuid {
    world.clock.advance(TimeDelta::minutes(1));
    case(world, hotline, shape).await
}

async fn with_account(world: &World, hotline: &Hotline, provider: &str, handle: &str) -> Uuid {
    let case = next_case(world, hotline, Shape::level(2)).await;
    desk::add(world, case, NewItem::Account(&AccountHandle::parse(provider, handle).unwrap())).await;
    case
}

#[tokio::test]
async fn a_link_a_domain_and_an_account_lead_to_their_cases_newest_first() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let first = next_case(world, &hotline, Shape::level(2)).await;
        link(world, first, "https://www.pictures.example/p/1?utm_source=x").await;
        let closed = next_case(world, &hotline, Shape::level(2).state("closed")).await;
        link(world, closed, "http://pictures.example/p/1/").await;
        link(world, closed, "http://pictures.example/p/2").await;
        let other = next_case(world, &hotline, Shape::level(0)).await;
        link(world, other, "https://cdn.pictures.example/p/3").await;
        assert_eq!(found(world, &kaisa, "hxxps://pictures[.]example/p/1").await, [closed, first]);
        assert_eq!(found(world, &kaisa, "pictures.example").await, [other, closed, first]);
        assert!(found(world, &kaisa, "https://pictures.example/p/9").await.is_empty());

        let anna = with_account(world, &hotline, "Chatter", "@Anna_99").await;
        let somewhere = with_account(world, &hotline, "", "anna_99").await;
        assert_eq!(found(world, &kaisa, "chatter anna_99").await, [anna]);
        assert_eq!(found(world, &kaisa, "@anna_99").await, [somewhere], "without the app: where nobody knew it");
        world.provider("Chatter", "chatter.example").await;
        assert_eq!(found(world, &kaisa, "@anna_99").await, [somewhere, anna], "and at each provider of the directory");
        let stranger = StaffSession { organisation: world.cw.new_id(), ..kaisa };
        assert!(found(world, &stranger, "pictures.example").await.is_empty(), "another hotline's cases");
    })
    .await;
}

#[tokio::test]
async fn a_fingerprint_leads_to_the_same_file_and_a_pdq_hash_to_what_looks_like_it() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let file = |number: u32, last: &str| {
            let pdq = format!("{}{last}", "5a".repeat(31));
            let json = format!(
                r#"{{"media_type":"image/png","bytes":9,"pdq":"{pdq}","pdq_quality":90,"md5":"{number:032x}","sha1":"{number:040x}","sha256":"{number:064x}"}}"#
            );
            report::file(&json).unwrap()
        };
        let one = next_case(world, &hotline, Shape::level(1)).await;
        desk::file(world, one, &file(1, "5a")).await;
        let near = next_case(world, &hotline, Shape::level(1)).await;
        desk::file(world, near, &file(2, "58")).await;
        for hash in [format!("{:032x}", 1), format!("{:040X}", 1), format!("{:064x}", 1)] {
            assert_eq!(found(world, &kaisa, &hash).await, [one], "{hash}");
        }
        near::refresh(&world.cw).await.unwrap();
        assert_eq!(found(world, &kaisa, &"5a".repeat(32)).await, [near, one]);
    })
    .await;
}

#[tokio::test]
async fn filters_hold_together_with_the_text_and_alone() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let cw = &world.cw;
        let start = cw.now();
        let early = next_case(world, &hotline, Shape::level(1)).await;
        link(world, early, "https://media.chatter.example/1").await;
        world.clock.advance(TimeDelta::days(1));
        let late = next_case(world, &hotline, Shape::level(1).state("closed")).await;
        link(world, late, "https://media.chatter.example/2").await;
        let owner = world.provider("Chatter", "chatter.example").await;
        let later = next_case(world, &hotline, Shape::level(3)).await;
        link(world, later, "https://media.chatter.example/3").await;
        let mut tx = cw.storage.write().await.unwrap();
        let sql = "INSERT INTO label (case_id, label, created_at) VALUES ($1, $2, $3)";
        for case in [early, later] {
            execute!(&mut tx, sql, case, ContextLabel::Coerced, start).unwrap();
        }
        execute!(&mut tx, "UPDATE cases SET flagger_id = $1 WHERE id = $2", owner, late).unwrap();
        tx.commit().await.unwrap();

        let labelled = SearchFilter { label: Some(ContextLabel::Coerced), ..SearchFilter::default() };
        assert_eq!(by(world, &kaisa, None, &labelled).await, [later, early]);
        assert_eq!(by(world, &kaisa, Some("chatter"), &SearchFilter::default()).await, [later], "a provider's items");
        let flagged = SearchFilter { flagger: Some(owner), ..SearchFilter::default() };
        assert_eq!(by(world, &kaisa, None, &flagged).await, [late]);
        let closed = QueueFilter { state: Some(CaseState::Closed), ..QueueFilter::default() };
        let closed = SearchFilter { about: closed, ..SearchFilter::default() };
        assert_eq!(by(world, &kaisa, Some("chatter.example"), &closed).await, [late]);
        let first_day =
            SearchFilter { from: Some(start), until: Some(start + TimeDelta::hours(1)), ..SearchFilter::default() };
        assert_eq!(by(world, &kaisa, None, &first_day).await, [early]);
        let after = SearchFilter { from: Some(start + TimeDelta::hours(1)), ..labelled };
        assert_eq!(by(world, &kaisa, None, &after).await, [later]);
    })
    .await;
}

#[tokio::test]
async fn every_case_stands_on_one_page_and_only_one() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let mut all = Vec::new();
        for number in 0..(2 * PAGE + 3) {
            let case = next_case(world, &hotline, Shape::level(1)).await;
            // A case with the domain twice, by two of its links, is found once.
            link(world, case, "https://media.example/1").await;
            link(world, case, &format!("https://media.example/{number}/x")).await;
            all.push(case);
        }
        all.reverse();
        for text in [Some("media.example"), Some("https://media.example/1"), None] {
            let (mut seen, mut after) = (Vec::new(), None);
            loop {
                let page = search::find(&world.cw, &kaisa, text, &SearchFilter::default(), after).await.unwrap();
                assert!(page.rows.len() <= PAGE);
                seen.extend(page.rows.into_iter().map(|row| row.id));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(seen, all, "{text:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_was_typed_opens_only_for_who_typed_it() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let olli = member(world, &hotline, "olli", Role::Analyst).await;
        let closed = search::closed(&world.cw, &kaisa, "chatter anna_99");
        assert_eq!(search::opened(&world.cw, &kaisa, &closed).as_deref(), Some("chatter anna_99"));
        assert_eq!(search::opened(&world.cw, &olli, &closed), None);
        assert_eq!(search::opened(&world.cw, &kaisa, "nonsense"), None);
    })
    .await;
}

#[tokio::test]
async fn a_lead_saves_views_for_everybody_an_analyst_for_herself() {
    on_each_engine(async |world| {
        let hotline = world.hotline().await;
        let kaisa = member(world, &hotline, "kaisa", Role::Analyst).await;
        let leena = member(world, &hotline, "leena", Role::Lead).await;
        let cw = &world.cw;
        view::save(cw, &kaisa, &words("Threats"), "?harm=threat", true).await.unwrap();
        view::save(cw, &leena, &words("Late"), "/waiting?level=2", true).await.unwrap();
        let names = async |session| {
            view::all(cw, session).await.unwrap().into_iter().map(|view| (view.name, view.is_own)).collect::<Vec<_>>()
        };
        let named = |name: &str, is_own| (name.to_owned(), is_own);
        assert_eq!(names(&leena).await, [named("Late", true)], "only a lead's are everybody's");
        assert_eq!(names(&kaisa).await, [named("Late", false), named("Threats", true)]);
        view::save(cw, &kaisa, &words("Threats"), "?harm=threat&level=1", false).await.unwrap();
        let views = view::all(cw, &kaisa).await.unwrap();
        assert_eq!(views.len(), 2, "the same name again replaces it");
        assert_eq!(views[1].address, "?harm=threat&level=1");
        view::remove(cw, &kaisa, views[0].id).await.unwrap();
        assert_eq!(view::all(cw, &kaisa).await.unwrap().len(), 2, "not hers");
        view::remove(cw, &kaisa, views[1].id).await.unwrap();
        assert_eq!(names(&kaisa).await, [named("Late", false)]);
    })
    .await;
}
