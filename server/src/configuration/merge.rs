//! `SUOJA_…` variables, laid over the file.

use toml::{Table, Value};

use super::ConfigurationError;

const PREFIX: &str = "SUOJA_";

/// Variables that are ours, but no keys of the configuration: the file's place, the log's detail, what the
/// demo and tests are told.
fn is_no_key(name: &str) -> bool {
    matches!(name, "CONFIGURATION" | "LOG_FILTER") || name.starts_with("DEMO_") || name.starts_with("TEST_")
}

/// Lays the variables over what the file says.
pub fn with_variables(
    mut table: Table,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Table, ConfigurationError> {
    for (variable, value) in variables {
        let Some(name) = variable.strip_prefix(PREFIX).filter(|name| !is_no_key(name)) else { continue };
        let name = name.to_lowercase();
        let (sections, key) = name.rsplit_once("__").map_or((None, name.as_str()), |(above, key)| (Some(above), key));
        let mut place = &mut table;
        for section in sections.into_iter().flat_map(|above| above.split("__")) {
            let entry = place.entry(section).or_insert_with(|| Value::Table(Table::new()));
            place = entry.as_table_mut().ok_or_else(|| {
                ConfigurationError::Key(format!("{variable}: {section} is a single value, not a section"))
            })?;
        }
        place.insert(key.to_owned(), Value::String(value));
    }
    Ok(table)
}
