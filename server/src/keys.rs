//! The key folder: one file that makes the database readable, apart from everything that is backed up with it.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use casework::randomness::Randomness;
use casework::vault::server_keys::ServerKeys;
use zeroize::Zeroizing;

/// The file's name in its folder.
const FILE: &str = "server.key";

/// Why the keys can't be used, and how to mend it.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// Whoever takes a backup of the data would hold the keys as well.
    #[error(
        "the key folder {keys} lies inside the data folder {data}: a backup of the data would hold its keys. \
         Set key_folder to a place of its own and move the file {FILE} there"
    )]
    InsideData {
        /// The key folder.
        keys: PathBuf,
        /// The data folder.
        data: PathBuf,
    },
    /// The file is missing though a database is there already.
    #[error("there is no {FILE} in {0}. Bring back the key folder this database belongs to; without it nothing opens")]
    Missing(PathBuf),
    /// Others on this machine can read them.
    #[error("{0} can be read by others. Run: chmod go= {0}")]
    Open(PathBuf),
    /// The file is there, but holds something else.
    #[error("{0} holds no keys of a version this program knows. Bring the file back from where you keep its copy")]
    Damaged(PathBuf),
    /// The file system refused.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
}

/// Reads the keys.
pub fn read(key_folder: &Path, data_folder: &Path) -> Result<ServerKeys, KeysError> {
    stands_apart(key_folder, data_folder)?;
    let file = key_folder.join(FILE);
    if !file.exists() {
        return Err(KeysError::Missing(key_folder.to_owned()));
    }
    for path in [key_folder, &file] {
        let mode = fs::metadata(path).map_err(|cause| KeysError::File(path.to_owned(), cause))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(KeysError::Open(path.to_owned()));
        }
    }
    let bytes = Zeroizing::new(fs::read(&file).map_err(|cause| KeysError::File(file.clone(), cause))?);
    ServerKeys::from_bytes(&bytes).map_err(|_| KeysError::Damaged(file))
}

/// Makes the keys, once for an installation. Never writes over a file.
pub fn create(key_folder: &Path, data_folder: &Path, randomness: &dyn Randomness) -> Result<ServerKeys, KeysError> {
    stands_apart(key_folder, data_folder)?;
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |cause| KeysError::File(path, cause)
    };
    fs::DirBuilder::new().recursive(true).mode(0o700).create(key_folder).map_err(failed(key_folder))?;
    let keys = ServerKeys::generate(randomness);
    let file = key_folder.join(FILE);
    let mut written =
        fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&file).map_err(failed(&file))?;
    written.write_all(&keys.to_bytes()).and_then(|()| written.sync_all()).map_err(failed(&file))?;
    Ok(keys)
}

/// Whether there are keys.
pub fn exist(key_folder: &Path) -> bool {
    key_folder.join(FILE).exists()
}

fn stands_apart(key_folder: &Path, data_folder: &Path) -> Result<(), KeysError> {
    let (keys, data) = (resolved(key_folder), resolved(data_folder));
    if keys.starts_with(&data) {
        return Err(KeysError::InsideData { keys, data });
    }
    Ok(())
}

/// The path with links followed as far as it exists, so that a link can't hide where a folder lies.
fn resolved(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for above in absolute.ancestors() {
        let (Ok(real), Ok(rest)) = (above.canonicalize(), absolute.strip_prefix(above)) else { continue };
        return real.join(rest);
    }
    absolute
}
