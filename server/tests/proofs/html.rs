//! As much of HTML as these tests need to read.

/// What stands between two marks, the first time.
pub fn between<'a>(html: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = html.split_once(start)?;
    Some(rest.split_once(end)?.0)
}

/// The values of every input of this name.
pub fn values(html: &str, name: &str) -> Vec<String> {
    let name = format!("name=\"{name}\"");
    let inputs = html.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
    inputs
        .filter(|tag| tag.contains(&name))
        .filter_map(|tag| between(tag, "value=\"", "\""))
        .map(str::to_owned)
        .collect()
}

/// What a person sees: no tags, blanks run together, the five named entities read.
pub fn text(html: &str) -> String {
    let mut seen = String::new();
    for piece in html.split('<') {
        let words = piece.split_once('>').map_or(piece, |(_, words)| words);
        seen.push_str(words);
    }
    let read = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'"), ("&amp;", "&")]
        .into_iter()
        .fold(seen, |text, (entity, character)| text.replace(entity, character));
    read.split_whitespace().collect::<Vec<_>>().join(" ")
}
