//! Browsers in which a member has signed in before.
//!
//! Wrong passwords must be slowed down, but whoever knows an address could then keep its owner out by guessing. So tries
//! are counted apart: those from a browser that holds the cookie of an earlier sign-in count for that browser alone, all
//! others together for the account (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").

use chrono::TimeDelta;
use uuid::Uuid;

use crate::storage::Tx;
use crate::vault::{CookieKeys, CookieToken, LookupHash, Purpose};
use crate::{Casework, Error, execute, fetch_optional};

/// How long a browser is remembered after the last sign-in in it.
pub const REMEMBERED: TimeDelta = TimeDelta::days(180);
/// Wrong tries that cost nothing; people mistype.
const FREE_TRIES: i64 = 5;
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(30);
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(15);

/// Where a try is counted.
#[derive(Clone, Copy)]
enum Counter {
    /// With the account: all browsers it does not know.
    Account,
    /// With one known browser.
    Device(LookupHash),
}

fn lookup(cw: &Casework, token: &CookieToken) -> LookupHash {
    CookieKeys::derive(token, &cw.keys, Purpose::KnownDevice).lookup
}

/// Counts a try before the password is looked at, so that tries made at the same time count as well. Gives whether it may
/// be looked at: not during a pause.
pub(super) async fn count_try(
    cw: &Casework,
    tx: &mut Tx,
    staff: Uuid,
    device: Option<&CookieToken>,
) -> Result<bool, Error> {
    let counter = counter(cw, tx, staff, device).await?;
    let now = cw.now();
    let tries = match counter {
        Counter::Account => fetch_optional!(
            tx,
            (i64,),
            "UPDATE staff SET tries = tries + 1 WHERE id = $1 AND (slowed_until IS NULL OR slowed_until <= $2) RETURNING tries",
            staff,
            now
        )?,
        Counter::Device(lookup) => fetch_optional!(
            tx,
            (i64,),
            "UPDATE known_device SET tries = tries + 1 WHERE lookup = $1 AND (slowed_until IS NULL OR slowed_until <= $2) RETURNING tries",
            lookup,
            now
        )?,
    };
    let Some((tries,)) = tries else { return Ok(false) };
    if let Some(pause) = pause_after(tries) {
        match counter {
            Counter::Account => execute!(tx, "UPDATE staff SET slowed_until = $1 WHERE id = $2", now + pause, staff)?,
            Counter::Device(lookup) => {
                execute!(tx, "UPDATE known_device SET slowed_until = $1 WHERE lookup = $2", now + pause, lookup)?
            }
        };
    }
    Ok(true)
}

async fn counter(cw: &Casework, tx: &mut Tx, staff: Uuid, device: Option<&CookieToken>) -> Result<Counter, Error> {
    let Some(token) = device else { return Ok(Counter::Account) };
    let lookup = lookup(cw, token);
    let known = fetch_optional!(
        tx,
        (i64,),
        "SELECT tries FROM known_device WHERE lookup = $1 AND staff_id = $2 AND expires_at > $3",
        lookup,
        staff,
        cw.now()
    )?;
    Ok(if known.is_some() { Counter::Device(lookup) } else { Counter::Account })
}

/// The pause that the `tries`-th wrong try begins: none for the first few, then 30 seconds doubling up to 15 minutes.
fn pause_after(tries: i64) -> Option<TimeDelta> {
    let doublings = u32::try_from(tries - FREE_TRIES).ok()?;
    Some((FIRST_PAUSE * 2_i32.pow(doublings.min(8))).min(LONGEST_PAUSE))
}

/// A right password where one was asked again: its counter starts anew.
pub(super) async fn proved(cw: &Casework, tx: &mut Tx, staff: Uuid, device: Option<&CookieToken>) -> Result<(), Error> {
    let counter = counter(cw, tx, staff, device).await?;
    forgive(tx, staff, counter).await
}

async fn forgive(tx: &mut Tx, staff: Uuid, counter: Counter) -> Result<(), Error> {
    match counter {
        Counter::Account => execute!(tx, "UPDATE staff SET tries = 0, slowed_until = NULL WHERE id = $1", staff)?,
        Counter::Device(lookup) => {
            execute!(tx, "UPDATE known_device SET tries = 0, slowed_until = NULL WHERE lookup = $1", lookup)?
        }
    };
    Ok(())
}

/// The member is in: their counter starts anew, and this browser is known from now on. From a known browser only that
/// browser's counter is reset; a stranger's guesses go on counting.
pub(super) async fn remember(
    cw: &Casework,
    tx: &mut Tx,
    staff: Uuid,
    device: Option<CookieToken>,
) -> Result<CookieToken, Error> {
    let expires = cw.now() + REMEMBERED;
    let counter = counter(cw, tx, staff, device.as_ref()).await?;
    forgive(tx, staff, counter).await?;
    if let (Counter::Device(lookup), Some(token)) = (counter, device) {
        execute!(tx, "UPDATE known_device SET expires_at = $1 WHERE lookup = $2", expires, lookup)?;
        return Ok(token);
    }
    let token = CookieToken::generate(&*cw.randomness);
    execute!(
        tx,
        "INSERT INTO known_device (lookup, staff_id, expires_at) VALUES ($1, $2, $3)",
        lookup(cw, &token),
        staff,
        expires
    )?;
    Ok(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_begin_late_grow_and_stay_short() {
        let pauses: Vec<Option<i64>> = [1, 4, 5, 6, 9, 10, 1_000_000]
            .into_iter()
            .map(|tries| pause_after(tries).map(|pause| pause.num_seconds()))
            .collect();
        assert_eq!(pauses, [None, None, Some(30), Some(60), Some(480), Some(900), Some(900)]);
    }
}
