//! The index against a scan of everything: it must find the same, whatever the hashes look like and whatever happened.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use hashing::Pdq;
use hashing::index::{Entry, Index, LoadError, Match, Merge};

/// Chance that starts from a number (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    #[allow(clippy::cast_possible_truncation)] // less than the bound
    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn pdq(&mut self) -> Pdq {
        let mut bytes = [0; 32];
        bytes.as_chunks_mut::<8>().0.iter_mut().for_each(|part| *part = self.next().to_be_bytes());
        Pdq::new(bytes)
    }

    /// The hash with so many different bits flipped.
    fn flipped(&mut self, pdq: Pdq, flips: usize) -> Pdq {
        let mut bits: Vec<usize> = (0..256).collect();
        let mut bytes = *pdq.as_bytes();
        for _ in 0..flips {
            let bit = bits.swap_remove(self.below(bits.len()));
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        Pdq::new(bytes)
    }
}

fn scan<'a>(entries: impl IntoIterator<Item = &'a Entry>, query: &Pdq) -> Vec<Match> {
    let mut matches: Vec<_> = entries
        .into_iter()
        .map(|&entry| Match { distance: query.distance(&entry.pdq), entry })
        .filter(|found| found.distance <= Pdq::SAME_PICTURE)
        .collect();
    matches.sort();
    matches
}

fn entries(hashes: impl IntoIterator<Item = Pdq>) -> Vec<Entry> {
    hashes.into_iter().zip(0..).map(|(pdq, id)| Entry { pdq, id }).collect()
}

/// Asks for hashes at every distance around the limit from some that are there, with all processors' searches.
fn finds_what_a_scan_finds(entries: &[Entry], dice: &mut Dice, queries: usize) {
    let mut index = Index::build(entries.iter().copied());
    let queries: Vec<_> = (0..queries)
        .map(|number| {
            let near = entries[dice.below(entries.len())].pdq;
            dice.flipped(near, number % 36)
        })
        .collect();
    for _ in 0..2 {
        for query in &queries {
            let mut all = scan(entries, query);
            assert_eq!(index.query(query), all, "{query}");
            all.sort_by_key(|found| (found.distance, Reverse(found.entry.id)));
            let most = dice.below(all.len() + 2);
            all.truncate(most);
            assert_eq!(index.nearest(query, most), all, "{query}");
        }
        index.use_baseline();
    }
}

#[test]
fn random_hashes_of_every_number() {
    let mut dice = Dice(1);
    for count in [1, 2, 63, 64, 65, 1000, 5000, 40_000, 150_000] {
        let entries = entries((0..count).map(|_| dice.pdq()));
        finds_what_a_scan_finds(&entries, &mut dice, 36 * 4);
    }
}

#[test]
fn the_fewest_flips_a_look_can_rest_on() {
    // Four bits in each piece but one, which has three: the hardest match there is. One more, and it is none.
    let mut dice = Dice(2);
    let mut hashes: Vec<_> = (0..100_000).map(|_| dice.pdq()).collect();
    let query = dice.pdq();
    for spared in 0..8 {
        for split in 0..=3 {
            let mut bytes = *query.as_bytes();
            for piece in 0..8 {
                let flips = if piece == spared { 3 } else { 4 };
                for flip in 0..flips {
                    let half = if piece == spared { usize::from(flip < split) } else { flip % 2 };
                    let bit = 32 * piece + 16 * half + (5 * flip + dice.below(5)) % 16;
                    bytes[bit / 8] ^= 1 << (bit % 8);
                }
            }
            let near = Pdq::new(bytes);
            assert_eq!(near.distance(&query), 31);
            hashes.push(near);
            hashes.push(dice.flipped(query, 32));
        }
    }
    let entries = entries(hashes);
    assert_eq!(Index::build(entries.iter().copied()).query(&query), scan(&entries, &query));
    assert!(scan(&entries, &query).len() >= 32);
}

#[test]
fn clusters_of_near_hashes() {
    // Some pictures in hundreds of versions each, as frames of a film are.
    let mut dice = Dice(3);
    let middles: Vec<_> = (0..60).map(|_| dice.pdq()).collect();
    let near: Vec<_> = (0..60_000).map(|number| dice.flipped(middles[number % 60], number / 60 % 40)).collect();
    finds_what_a_scan_finds(&entries(near), &mut dice, 100);
}

#[test]
fn hashes_that_share_most_of_their_bits() {
    // All keys alike but in two pieces: the tables are of no help, the answer is the same.
    let mut dice = Dice(4);
    let alike: Vec<_> = (0..20_000)
        .map(|_| {
            let mut bytes = [0x5a; 32];
            bytes[..8].copy_from_slice(&dice.next().to_be_bytes());
            Pdq::new(bytes)
        })
        .collect();
    finds_what_a_scan_finds(&entries(alike), &mut dice, 100);
}

#[test]
fn one_hash_under_many_ids_and_one_id_of_many_hashes() {
    let mut dice = Dice(5);
    let shared = dice.pdq();
    let mut entries: Vec<_> = (0..300).map(|id| Entry { pdq: shared, id }).collect();
    entries.extend((0..300).map(|_| Entry { pdq: dice.flipped(shared, 3), id: 7 }));
    entries.push(entries[0]);
    let index = Index::build(entries.iter().copied());
    let once: BTreeSet<_> = entries.iter().copied().collect();
    assert_eq!(index.len(), once.len());
    assert_eq!(index.query(&shared), scan(&once, &shared));
}

#[test]
fn adding_removing_and_merging_in_any_order() {
    let mut dice = Dice(6);
    let pool: Vec<_> = {
        let middles: Vec<_> = (0..40).map(|_| dice.pdq()).collect();
        let mut near = |number: usize| dice.flipped(middles[number % 40], number / 20);
        (0..400).map(|number| Entry { pdq: near(number), id: number as u128 % 5 }).collect()
    };
    let mut index = Index::default();
    let mut expected = BTreeSet::new();
    let mut merge: Option<Merge> = None;
    for step in 0..6000 {
        let entry = pool[dice.below(pool.len())];
        match dice.below(9) {
            0..4 => assert_eq!(index.add(entry), expected.insert(entry), "step {step}"),
            4..7 => assert_eq!(index.remove(entry), expected.remove(&entry), "step {step}"),
            7 if step % 7 == 0 => merge = Some(index.start_merge()),
            _ => {
                if let Some(merge) = merge.take() {
                    drop(index.finish_merge(merge.run()).unwrap());
                }
            }
        }
        assert_eq!(index.len(), expected.len());
        assert_eq!(index.query(&entry.pdq), scan(&expected, &entry.pdq), "step {step}");
    }
}

#[test]
fn a_merge_overtaken_is_refused_and_changes_nothing() {
    let mut dice = Dice(7);
    let entry = Entry { pdq: dice.pdq(), id: 1 };
    let mut index = Index::default();
    let early = index.start_merge();
    index.add(entry);
    let late = index.start_merge();
    assert!(index.finish_merge(early.run()).is_err());
    let other = Index::default().start_merge();
    assert!(index.finish_merge(other.run()).is_err());
    drop(index.finish_merge(late.run()).unwrap());
    assert_eq!(index.query(&entry.pdq), scan([&entry], &entry.pdq));
}

#[test]
fn a_merge_is_wanted_when_the_tail_is_long_or_much_was_removed() {
    let mut dice = Dice(8);
    let mut index = Index::default();
    while !index.wants_merge() {
        assert!(index.len() < 10_000);
        index.add(Entry { pdq: dice.pdq(), id: 0 });
    }
    let merge = index.start_merge();
    assert!(!index.wants_merge(), "one is on its way");
    drop(index.finish_merge(merge.run()).unwrap());
    assert!(!index.wants_merge());

    let entries = entries((0..1000).map(|_| dice.pdq()));
    let mut index = Index::build(entries.iter().copied());
    entries.iter().take(500).for_each(|entry| assert!(index.remove(*entry)));
    let before = index.bytes();
    assert!(index.wants_merge());
    let merge = index.start_merge();
    drop(index.finish_merge(merge.run()).unwrap());
    assert!(index.bytes() < before);
}

#[test]
fn saved_and_loaded_it_is_the_same_and_equal_sets_are_equal_bytes() {
    let mut dice = Dice(9);
    let entries = entries((0..3000).map(|_| dice.pdq()));
    let mut index = Index::build(entries[..2000].iter().copied());
    entries[2000..].iter().rev().for_each(|entry| assert!(index.add(*entry)));
    entries[..100].iter().for_each(|entry| assert!(index.remove(*entry)));
    let mut saved = Vec::new();
    index.save(&mut saved).unwrap();

    let mut same = Vec::new();
    Index::build(entries[100..].iter().copied()).save(&mut same).unwrap();
    assert_eq!(saved, same);

    saved.extend(b"what follows is somebody else's");
    let mut rest = &saved[..];
    let loaded = Index::load(&mut rest).unwrap();
    assert_eq!(rest, b"what follows is somebody else's");
    assert_eq!(loaded.len(), 2900);
    for entry in &entries {
        assert_eq!(loaded.query(&entry.pdq), index.query(&entry.pdq));
    }
}

#[test]
fn damage_is_said() {
    let mut dice = Dice(10);
    let index = Index::build(entries((0..50).map(|_| dice.pdq())));
    let mut saved = Vec::new();
    index.save(&mut saved).unwrap();

    for length in 0..saved.len() {
        assert!(matches!(Index::load(&saved[..length]), Err(LoadError::Truncated)), "{length} bytes");
    }
    for place in 0..saved.len() {
        let mut bent = saved.clone();
        bent[place] ^= 1 << dice.below(8);
        assert!(Index::load(&bent[..]).is_err(), "byte {place}");
    }
    assert!(matches!(Index::load(&[b'x'; 500][..]), Err(LoadError::NotAnIndex)));
    let mut later = saved.clone();
    later[8] = 2;
    assert!(matches!(Index::load(&later[..]), Err(LoadError::UnknownVersion(2))));
}

#[test]
fn a_file_that_claims_the_world_gets_no_memory() {
    let mut claim = b"PDQINDEX".to_vec();
    claim.extend(1_u32.to_le_bytes());
    claim.extend(u64::MAX.to_le_bytes());
    claim.extend([0; 4800]);
    assert!(matches!(Index::load(&claim[..]), Err(LoadError::Truncated)));
}

#[test]
fn an_entry_takes_112_bytes_at_most() {
    let mut dice = Dice(11);
    let index = Index::build(entries((0..1_000_000).map(|_| dice.pdq())));
    let each = index.bytes() / index.len();
    assert!(each < 112, "{each}");
}

#[test]
fn nothing_is_found_in_nothing() {
    let index = Index::default();
    assert!(index.is_empty());
    assert!(index.query(&Dice(12).pdq()).is_empty());
    assert!(!Index::default().remove(Entry { pdq: Dice(12).pdq(), id: 0 }));
}
