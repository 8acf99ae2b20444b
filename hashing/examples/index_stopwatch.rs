//! `index_stopwatch HASHES QUERIES`: builds an index of the hashes in a file, 32 bytes each, and prints how many
//! nanoseconds that took and how many bytes a hash it takes. Then, for each line `native` or `baseline` it is given,
//! asks all queries one after the other and prints a line of nanoseconds and a line of numbers of matches.

use std::io::{self, BufRead as _};
use std::time::Instant;

use hashing::Pdq;
use hashing::index::{Entry, Index};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let mut hashes = || read(&words.next().ok_or("index_stopwatch HASHES QUERIES")?);
    let (stored, queries) = (hashes()?, hashes()?);

    let count = stored.len();
    let start = Instant::now();
    let entries = stored.into_iter().zip(0..).map(|(pdq, id)| Entry { pdq, id });
    let mut index = Index::build(entries);
    println!("{} {}", start.elapsed().as_nanos(), index.bytes().div_ceil(count));

    for line in io::stdin().lock().lines() {
        if line? == "baseline" {
            index.use_baseline();
        } else {
            index.use_all_features();
        }
        let mut times = Vec::with_capacity(queries.len());
        let mut matches = Vec::with_capacity(queries.len());
        for query in &queries {
            let start = Instant::now();
            matches.push(index.query(query).len());
            times.push(start.elapsed().as_nanos());
        }
        println!("{}\n{}", in_a_line(times), in_a_line(matches));
    }
    Ok(())
}

fn read(path: &str) -> Result<Vec<Pdq>, Box<dyn std::error::Error>> {
    let bytes = std::fs::read(path)?;
    let (hashes, rest) = bytes.as_chunks::<32>();
    if !rest.is_empty() || hashes.is_empty() {
        return Err("a hash is 32 bytes".into());
    }
    Ok(hashes.iter().map(|bytes| Pdq::new(*bytes)).collect())
}

fn in_a_line(numbers: impl IntoIterator<Item = impl ToString>) -> String {
    numbers.into_iter().map(|number| number.to_string()).collect::<Vec<_>>().join(" ")
}
