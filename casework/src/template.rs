//! Answers to reporters, ready to adapt: one name, a text in each language.

use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::history::Actor;
use crate::staff::session::StaffSession;
use crate::taxonomy::{LanguageCode, Role};
use crate::text::Words;
use crate::{Casework, Error, audit, execute, fetch_all};

/// One ready answer in one language.
#[derive(Clone, Debug, FromRow)]
pub struct Template {
    /// Its row.
    pub id: Uuid,
    /// What staff know it by.
    pub name: String,
    /// The language of its text.
    pub language: LanguageCode,
    /// Plain text.
    pub body: String,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// Only leads and administrators change templates.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// An analyst tried.
    #[error("only leads and administrators change templates")]
    Forbidden,
    /// Nobody can do anything about it.
    #[error(transparent)]
    Internal(#[from] Error),
}

impl From<crate::storage::StorageError> for TemplateError {
    fn from(cause: crate::storage::StorageError) -> Self {
        Self::Internal(cause.into())
    }
}

/// All of them, by name and language.
pub async fn all(cw: &Casework) -> Result<Vec<Template>, Error> {
    let mut tx = cw.storage.read().await?;
    Ok(fetch_all!(
        &mut tx,
        Template,
        "SELECT id, name, language, body, updated_at FROM template ORDER BY name, language"
    )?)
}

/// Saves the text of a name in a language, over the one there was.
pub async fn save(
    cw: &Casework,
    session: &StaffSession,
    name: &Words,
    language: &LanguageCode,
    body: &Words,
) -> Result<(), TemplateError> {
    if session.role == Role::Analyst {
        return Err(TemplateError::Forbidden);
    }
    let mut tx = cw.storage.write().await?;
    execute!(
        &mut tx,
        "INSERT INTO template (id, name, language, body, updated_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (name, language) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at",
        cw.new_id(),
        name.as_str(),
        language.clone(),
        body.as_str(),
        cw.now()
    )?;
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "template.save", language.as_str(), "").await?;
    tx.commit().await?;
    Ok(())
}

/// Removes one.
pub async fn remove(cw: &Casework, session: &StaffSession, template: Uuid) -> Result<(), TemplateError> {
    if session.role == Role::Analyst {
        return Err(TemplateError::Forbidden);
    }
    let mut tx = cw.storage.write().await?;
    execute!(&mut tx, "DELETE FROM template WHERE id = $1", template)?;
    audit::record(cw, &mut tx, Actor::Staff(session.staff), "template.remove", template, "").await?;
    tx.commit().await?;
    Ok(())
}
