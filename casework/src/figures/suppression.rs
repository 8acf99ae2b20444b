//! Which numbers the public may see, so that nobody can tell a small one: behind a number under five stand people who can
//! be told apart by whoever knows one of them.
//!
//! Hiding the small numbers is not enough. The total is public, so a number hidden alone is the total less those shown.
//! And whoever reads this code knows what it hides: were it always the smallest other number that is hidden along, then of
//! 14 = ? + 5 + ?, with the other two hidden, the one hidden along is at least 5, and at most 5, as the shown one is not
//! smaller. That gives the small number away, 4; hiding the largest does the same from the other side. So:
//!
//! 1. A total under five is hidden, and everything that it is the total of.
//! 2. Numbers under five are hidden, zero too. With them goes the next number *in the order of the table*, whatever it is,
//!    and so on until one of at least five is among the hidden ones and they come to nine or more together.
//!
//! Then each hidden number may be any of at least five: the small ones can be 0 to 4 whatever the others are, since 9 less
//! 4 still leaves 5 for the number that was hidden along, and which is hidden along tells nothing about how large it is.
//! The tests try it out: they make every table of up to five numbers to some total, and count for each that could be published what each of
//! its hidden numbers could have been.
//!
//! All this holds for tables that share nothing but their total. Periods must not overlap, and must never be counted
//! again after something was erased (see [`super::published`]).

/// The smallest number that is shown.
pub const LEAST: u64 = 5;

/// What the hidden numbers of a table come to at least, unless all are hidden: the largest small number beside the
/// smallest large one.
const HIDDEN: u64 = (LEAST - 1) + LEAST;

/// A table as the public sees it. None is not shown.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shown {
    /// All numbers together.
    pub total: Option<u64>,
    /// The numbers, in their order.
    pub numbers: Vec<Option<u64>>,
}

/// Hides what must be hidden of the numbers of a table, each of other people than the others, in an order that does not
/// depend on them.
pub fn suppress(numbers: &[u64]) -> Shown {
    let total = numbers.iter().sum();
    if total < LEAST {
        return Shown { total: None, numbers: vec![None; numbers.len()] };
    }
    let mut hidden: Vec<bool> = numbers.iter().map(|number| *number < LEAST).collect();
    let mut along = next_shown(&hidden);
    while let Some(next) = along.filter(|_| !is_enough(numbers, &hidden)) {
        hidden[next] = true;
        along = next_shown(&hidden);
    }
    let numbers = numbers.iter().zip(hidden).map(|(number, hidden)| (!hidden).then_some(*number)).collect();
    Shown { total: Some(total), numbers }
}

/// Whether the hidden numbers keep each other's secret, or nothing is hidden.
fn is_enough(numbers: &[u64], hidden: &[bool]) -> bool {
    let of_hidden = || numbers.iter().zip(hidden).filter(|(_, hidden)| **hidden).map(|(number, _)| *number);
    of_hidden().next().is_none() || (of_hidden().any(|number| number >= LEAST) && of_hidden().sum::<u64>() >= HIDDEN)
}

/// The first shown after the last hidden, from the beginning again where there is none.
fn next_shown(hidden: &[bool]) -> Option<usize> {
    let last = hidden.iter().rposition(|hidden| *hidden)?;
    (last + 1..hidden.len()).chain(0..last).find(|at| !hidden[*at])
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn small_numbers_are_hidden_and_never_alone() {
        type Case = (&'static [u64], Option<u64>, &'static [Option<u64>]);
        let cases: &[Case] = &[
            (&[], None, &[]),
            (&[0, 0, 0], None, &[None, None, None]),
            (&[4], None, &[None]),
            (&[5], Some(5), &[Some(5)]),
            (&[2, 1, 1], None, &[None, None, None]),
            (&[12, 7, 5], Some(24), &[Some(12), Some(7), Some(5)]),
            // The next one goes along, and not the smallest.
            (&[3, 20, 7], Some(30), &[None, None, Some(7)]),
            // From the beginning again.
            (&[20, 7, 3], Some(30), &[None, Some(7), None]),
            // Zero is a small number.
            (&[0, 20, 7], Some(27), &[None, None, Some(7)]),
            // Two small ones do not hide each other: 4 + 4 could be nothing else.
            (&[4, 4, 30, 8], Some(46), &[None, None, None, Some(8)]),
            // 0 + 5 could be nothing else either, so another goes along.
            (&[0, 5, 6, 9], Some(20), &[None, None, None, Some(9)]),
            (&[0, 9, 6, 9], Some(24), &[None, None, Some(6), Some(9)]),
            // Nothing else to hide.
            (&[3, 2], Some(5), &[None, None]),
            (&[1, 6], Some(7), &[None, None]),
        ];
        for (numbers, total, shown) in cases {
            assert_eq!(suppress(numbers), Shown { total: *total, numbers: shown.to_vec() }, "{numbers:?}");
        }
    }

    /// Every table of so many numbers that come to at most `most`.
    fn tables(length: usize, most: u64) -> Vec<Vec<u64>> {
        if length == 0 {
            return vec![Vec::new()];
        }
        (0..=most)
            .flat_map(|first| {
                tables(length - 1, most - first).into_iter().map(move |rest| [vec![first], rest].concat())
            })
            .collect()
    }

    #[test]
    fn who_knows_these_rules_can_still_not_tell_a_hidden_number() {
        for (length, most) in [(1, 30), (2, 40), (3, 32), (4, 26), (5, 22)] {
            let mut could_be: BTreeMap<(Shown, usize), BTreeSet<u64>> = BTreeMap::new();
            for table in tables(length, most) {
                let shown = suppress(&table);
                for (at, number) in table.iter().enumerate().filter(|(at, _)| shown.numbers[*at].is_none()) {
                    could_be.entry((shown.clone(), at)).or_default().insert(*number);
                }
                assert!(shown.numbers.iter().flatten().chain(&shown.total).all(|number| *number >= LEAST));
            }
            for ((shown, at), numbers) in could_be {
                assert!(numbers.len() >= 5, "{shown:?}: number {at} is one of {numbers:?}");
            }
        }
    }
}
