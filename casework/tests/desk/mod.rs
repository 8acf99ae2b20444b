//! A desk to work at: colleagues who hold the hotline's key, and cases that stand exactly where a test wants them.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, missing_docs)]

use casework::case_keys::{self, EpochKey, NewCaseKeys};
use casework::execute;
use casework::history::{self, Actor, Event};
use casework::item::{self, NewItem};
use casework::priority::Reason;
use casework::reference::Reference;
use casework::staff::session::StaffSession;
use casework::storage::JsonText;
use casework::taxonomy::Role;
use casework::text::Words;
use casework::vault::KeyPair;
use chrono::TimeDelta;
use hashing::FileFingerprints;
use uuid::Uuid;

use crate::common::{Hotline, World};

/// Where a case stands; times in minutes from now.
pub struct Shape {
    pub level: i64,
    pub flagger_rank: i64,
    pub due_in: i64,
    pub received: i64,
    pub state: &'static str,
}

impl Shape {
    pub fn level(level: i64) -> Self {
        Self { level, flagger_rank: 1, due_in: 60, received: 0, state: "received" }
    }

    pub fn by_flagger(mut self) -> Self {
        self.flagger_rank = 0;
        self
    }

    pub fn due_in(mut self, minutes: i64) -> Self {
        self.due_in = minutes;
        self
    }

    pub fn received(mut self, minutes: i64) -> Self {
        self.received = minutes;
        self
    }

    pub fn state(mut self, state: &'static str) -> Self {
        self.state = state;
        self
    }
}

pub fn words(text: &str) -> Words {
    Words::parse(text, 5_000).unwrap()
}

/// A member of the hotline who was granted its key and has signed in.
pub async fn member(world: &World, hotline: &Hotline, name: &str, role: Role) -> StaffSession {
    let session = newcomer(world, hotline, name, role).await;
    let mut tx = world.cw.storage.write().await.unwrap();
    execute!(
        &mut tx,
        "INSERT INTO epoch_grant (staff_id, epoch_id, sealed_key, created_at) VALUES ($1, $2, $3, $4)",
        session.staff,
        hotline.epoch.epoch,
        vec![0_u8],
        world.cw.now()
    )
    .unwrap();
    tx.commit().await.unwrap();
    StaffSession { epochs: vec![EpochKey { epoch: hotline.epoch.epoch, key: hotline.epoch.key.clone() }], ..session }
}

/// A member who waits for a grant.
pub async fn newcomer(world: &World, hotline: &Hotline, name: &str, role: Role) -> StaffSession {
    let staff = world.cw.new_id();
    let mut tx = world.cw.storage.write().await.unwrap();
    execute!(
        &mut tx,
        "INSERT INTO staff (id, organisation_id, sign_in, name, role, language, state, created_at)
         VALUES ($1, $2, $3, $3, $4, 'en', 'active', $5)",
        staff,
        hotline.id,
        name,
        role,
        world.cw.now()
    )
    .unwrap();
    tx.commit().await.unwrap();
    StaffSession {
        id: world.cw.new_id(),
        staff,
        name: name.to_owned(),
        role,
        organisation: hotline.id,
        language: "en".parse().unwrap(),
        member_key: KeyPair::generate(&*world.cw.randomness).private,
        epochs: Vec::new(),
        lent: None,
    }
}

/// A case of a shape, sealed to the hotline.
pub async fn case(world: &World, hotline: &Hotline, shape: Shape) -> Uuid {
    let cw = &world.cw;
    let (id, now) = (cw.new_id(), cw.now());
    let keys = NewCaseKeys::generate(cw);
    let mut tx = cw.storage.write().await.unwrap();
    execute!(
        &mut tx,
        "INSERT INTO cases (id, reference, hotline_id, state, harm, reporter, age_band, country, language, danger, spreading,
            level, flagger_rank, deadline, reasons, received_at, updated_at, public_key, staff_public_key)
         VALUES ($1, $2, $3, $4, 'own_image', 'child', '13_15', 'FI', 'fi', 'no', 'no', $5, $6, $7, $8, $9, $10, $11, $12)",
        id,
        Reference::generate(&*cw.randomness),
        hotline.id,
        shape.state,
        shape.level,
        shape.flagger_rank,
        now + TimeDelta::minutes(shape.due_in),
        JsonText(vec![Reason::OwnImage]),
        now + TimeDelta::minutes(shape.received),
        now,
        keys.case.public,
        keys.staff.public
    )
    .unwrap();
    let epoch = &hotline.epoch;
    case_keys::seal_to_epoch(
        cw,
        &mut tx,
        id,
        epoch.epoch,
        &epoch.key.public(),
        &keys.case.private,
        &keys.staff.private,
    )
    .await
    .unwrap();
    history::record(cw, &mut tx, id, Actor::Reporter, None, &Event::Received).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// Adds a link to a case.
pub async fn link(world: &World, case: Uuid, url: &str) -> Uuid {
    add(world, case, NewItem::Location(&url.parse().unwrap())).await
}

/// Adds a file to a case.
pub async fn file(world: &World, case: Uuid, file: &FileFingerprints) -> Uuid {
    add(world, case, NewItem::File(file)).await
}

/// Adds an item to a case.
pub async fn add(world: &World, case: Uuid, new: NewItem<'_>) -> Uuid {
    let mut tx = world.cw.storage.write().await.unwrap();
    let keys = case_keys::public_keys(&mut tx, case).await.unwrap().unwrap();
    let placed = item::place(&world.cw, &mut tx, new).await.unwrap();
    let item = item::add(&world.cw, &mut tx, case, &keys, &placed).await.unwrap();
    tx.commit().await.unwrap();
    item
}
