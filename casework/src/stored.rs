//! How our value types travel to and from the database: as text or as bytes, the same in both engines.

/// Stores a type that has `as_str(&self) -> &str` and `FromStr` as text, in the database and in JSON.
macro_rules! stored_as_text {
    ($type:ty) => {
        impl<DB: sqlx::Database> sqlx::Type<DB> for $type
        where
            String: sqlx::Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <String as sqlx::Type<DB>>::type_info()
            }

            fn compatible(info: &DB::TypeInfo) -> bool {
                <String as sqlx::Type<DB>>::compatible(info)
            }
        }

        impl<'q, DB: sqlx::Database> sqlx::Encode<'q, DB> for $type
        where
            String: sqlx::Encode<'q, DB>,
        {
            fn encode_by_ref(
                &self,
                buffer: &mut DB::ArgumentBuffer,
            ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                self.as_str().to_owned().encode(buffer)
            }
        }

        impl<'r, DB: sqlx::Database> sqlx::Decode<'r, DB> for $type
        where
            String: sqlx::Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                let text = <String as sqlx::Decode<'r, DB>>::decode(value)?;
                Ok(text.parse()?)
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// Stores a type that has `as_bytes(&self) -> &[u8]` and `TryFrom<Vec<u8>>` as bytes.
macro_rules! stored_as_bytes {
    ($type:ty) => {
        impl<DB: sqlx::Database> sqlx::Type<DB> for $type
        where
            Vec<u8>: sqlx::Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <Vec<u8> as sqlx::Type<DB>>::type_info()
            }

            fn compatible(info: &DB::TypeInfo) -> bool {
                <Vec<u8> as sqlx::Type<DB>>::compatible(info)
            }
        }

        impl<'q, DB: sqlx::Database> sqlx::Encode<'q, DB> for $type
        where
            Vec<u8>: sqlx::Encode<'q, DB>,
        {
            fn encode_by_ref(
                &self,
                buffer: &mut DB::ArgumentBuffer,
            ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                self.as_bytes().to_vec().encode(buffer)
            }
        }

        impl<'r, DB: sqlx::Database> sqlx::Decode<'r, DB> for $type
        where
            Vec<u8>: sqlx::Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                Ok(<Vec<u8> as sqlx::Decode<'r, DB>>::decode(value)?.try_into()?)
            }
        }
    };
}

pub(crate) use {stored_as_bytes, stored_as_text};

#[cfg(test)]
mod tests {
    use sqlx::{Connection, Decode, Encode, Postgres, Row, Sqlite, SqliteConnection, Type};

    use crate::{
        randomness::bytes,
        reference::Reference,
        taxonomy::{Country, Harm, LanguageCode},
        testing::SeededRandomness,
        vault::{Binding, KeyId, KeyPair, LookupHash, PublicKey, Purpose, Sealed, ServerKeys, Verifier},
    };

    /// Compiles only for what both engines can store.
    fn is_stored<T>()
    where
        T: Type<Sqlite> + for<'q> Encode<'q, Sqlite> + for<'r> Decode<'r, Sqlite>,
        T: Type<Postgres> + for<'q> Encode<'q, Postgres> + for<'r> Decode<'r, Postgres>,
    {
    }

    #[tokio::test]
    async fn values_come_back_from_the_database_as_they_went_in() {
        is_stored::<Verifier>();
        is_stored::<Option<Sealed>>();
        is_stored::<Country>();
        let randomness = SeededRandomness::new(1);
        let keys = ServerKeys::generate(&randomness);
        let pair = KeyPair::generate(&randomness);
        let place = Binding::new(uuid::Uuid::nil(), "words");
        let sealed = pair.public.seal(&randomness, place, &bytes::<40>(&randomness));
        let lookup = keys.lookup(Purpose::Location, b"x");
        let language: LanguageCode = "pt-BR".parse().expect("a language");
        let reference = Reference::generate(&randomness);

        let mut database = SqliteConnection::connect(":memory:").await.expect("a database");
        let row = sqlx::query("SELECT $1, $2, $3, $4, $5, $6, $7, $8")
            .bind(&sealed)
            .bind(pair.public)
            .bind(lookup)
            .bind(keys.key_id())
            .bind(Harm::OwnImage)
            .bind(&language)
            .bind(&reference)
            .bind(None::<Harm>)
            .fetch_one(&mut database)
            .await
            .expect("a row");
        assert!(row.get::<Sealed, _>(0) == sealed);
        assert_eq!(row.get::<PublicKey, _>(1), pair.public);
        assert_eq!(row.get::<LookupHash, _>(2), lookup);
        assert_eq!(row.get::<KeyId, _>(3), keys.key_id());
        assert_eq!(row.get::<Harm, _>(4), Harm::OwnImage);
        assert_eq!(row.get::<String, _>(4), "own_image");
        assert_eq!(row.get::<LanguageCode, _>(5), language);
        assert_eq!(row.get::<Reference, _>(6), reference);
        assert_eq!(row.get::<Option<Harm>, _>(7), None);
    }

    #[tokio::test]
    async fn a_code_that_nobody_knows_is_an_error_and_not_a_guess() {
        let mut database = SqliteConnection::connect(":memory:").await.expect("a database");
        let row = sqlx::query("SELECT 'sideways', x'00'").fetch_one(&mut database).await.expect("a row");
        assert!(row.try_get::<Harm, _>(0).is_err());
        assert!(row.try_get::<PublicKey, _>(1).is_err());
    }
}
