//! How the engines carry out what must stay quick with a million cases: by which index, and never by reading a whole table.
//! The plans stand in `plans/`; `SUOJA_WRITE_PLANS=1` writes them anew, to be read before they are committed.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::path::Path;

use casework::testing::statements;
use common::World;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

/// Tables that grow with every report.
const GROWING: [&str; 7] = ["cases", "item", "fingerprint", "claim", "history", "case_key", "message"];

/// Compares plans with those of before, and looks for a table that is read whole: `scan` says how the engine calls that.
fn check(engine: &str, plans: &[(&str, String)], scan: impl Fn(&str) -> Option<String>) {
    for (name, plan) in plans {
        let whole: Vec<_> = plan.lines().filter_map(&scan).filter(|table| GROWING.contains(&table.as_str())).collect();
        assert!(whole.is_empty(), "{engine}: {name} reads {whole:?} whole:\n{plan}");
    }
    let text: String = plans.iter().map(|(name, plan)| format!("# {name}\n{plan}\n")).collect();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/plans/{engine}.txt"));
    if std::env::var_os("SUOJA_WRITE_PLANS").is_some() {
        std::fs::write(&file, &text).unwrap();
    }
    let before = std::fs::read_to_string(&file).expect("the plans of before");
    assert_eq!(text, before, "{engine} carries something out differently");
}

#[tokio::test]
async fn sqlite_reads_by_index() {
    common::on_sqlite(async |world: &World| {
        let mut connection = SqliteConnection::connect(&world.address).await.unwrap();
        let mut plans = Vec::new();
        for (name, sql, _) in statements() {
            let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")));
            let rows = rows.fetch_all(&mut connection).await.unwrap();
            let lines = rows.iter().map(|row| row.get::<String, _>("detail") + "\n");
            plans.push((name, lines.collect::<String>()));
        }
        // `SCAN cases` reads the table, `SCAN cases USING INDEX` all of an index.
        check("sqlite", &plans, |line| line.trim().strip_prefix("SCAN ")?.split_whitespace().next().map(str::to_owned));
    })
    .await;
}

/// On small tables PostgreSQL reads everything: it is asked to do that only where there is no other way.
const AS_IF_BIG: &str = "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_hashjoin = off;
    SET enable_mergejoin = off; SET enable_material = off; SET jit = off; SET plan_cache_mode = force_generic_plan";

#[tokio::test]
async fn postgres_reads_by_index() {
    if std::env::var_os("SUOJA_TEST_POSTGRES").is_none() {
        return;
    }
    common::on_each_engine(async |world: &World| {
        if !world.address.starts_with("postgres") {
            return;
        }
        let mut connection = PgConnection::connect(&world.address).await.unwrap();
        sqlx::raw_sql(AS_IF_BIG).execute(&mut connection).await.unwrap();
        let mut plans = Vec::new();
        for (number, (name, sql, types)) in statements().into_iter().enumerate() {
            let nulls = vec!["NULL"; types.split(',').count()].join(", ");
            let prepare = format!("PREPARE one_{number} ({types}) AS {sql}");
            sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut connection).await.unwrap();
            let explain = format!("EXPLAIN (COSTS OFF) EXECUTE one_{number}({nulls})");
            let rows = sqlx::raw_sql(AssertSqlSafe(explain)).fetch_all(&mut connection).await.unwrap();
            let lines = rows.iter().map(|row| row.get::<String, _>(0) + "\n");
            plans.push((name, lines.collect::<String>()));
        }
        check("postgres", &plans, |line| {
            let (_, table) = line.split_once("Seq Scan on ")?;
            table.split_whitespace().next().map(str::to_owned)
        });
    })
    .await;
}
