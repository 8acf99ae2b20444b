//! The built site: style, scripts, wasm, icon. Small enough to be kept in memory, with the compressed forms the build
//! wrote beside each file.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use app::islands::hash_modules::{HashModule, HashModules};
use axum::Router;
use axum::body::Bytes;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use sha2::{Digest, Sha256};

/// The policy of what runs in the hashing worker. A worker does not inherit the page's policy; with this one it can
/// reach nothing, not even our own server.
const WORKER_POLICY: &str = "default-src 'none'; script-src 'wasm-unsafe-eval'";
/// The policy of everything else, should anyone open it as a page.
const FILE_POLICY: &str = "default-src 'none'; frame-ancestors 'none'";
/// The hashing worker and its module's two builds.
const WORKER_FILES: [&str; 3] = ["/hash-worker.js", MODULE, MODULE_WITH_SIMD];
const MODULE: &str = "/pkg/hashing.wasm";
const MODULE_WITH_SIMD: &str = "/pkg/hashing-simd.wasm";

/// The site's files, by path.
#[derive(Default)]
pub struct Assets {
    files: HashMap<String, Arc<Asset>>,
}

struct Asset {
    kind: &'static str,
    policy: &'static str,
    plain: Bytes,
    gzip: Option<Bytes>,
    brotli: Option<Bytes>,
    tag: String,
}

impl Assets {
    /// Reads a site folder.
    pub fn read(folder: &Path) -> io::Result<Self> {
        let mut assets = Self::default();
        assets.read_folder(folder, "")?;
        Ok(assets)
    }

    fn read_folder(&mut self, folder: &Path, above: &str) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
            let url = format!("{above}/{name}");
            if path.is_dir() {
                self.read_folder(&path, &url)?;
            } else if let Some(kind) = media_type(name) {
                self.files.insert(url.clone(), Arc::new(Asset::read(&path, &url, kind)?));
            }
        }
        Ok(())
    }

    /// Each file's route. They are the same for everyone, so any cache may keep them, asking each time if they changed.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        self.files.iter().fold(Router::new(), |router, (url, asset)| {
            let asset = asset.clone();
            router.route(url, get(move |uri: Uri, headers: HeaderMap| async move { asset.answer(&uri, &headers) }))
        })
    }
}

impl Asset {
    fn read(path: &Path, url: &str, kind: &'static str) -> io::Result<Self> {
        let plain = Bytes::from(fs::read(path)?);
        let compressed = |ending: &str| fs::read(format!("{}.{ending}", path.display())).ok().map(Bytes::from);
        let hash = BASE64URL_NOPAD.encode(&Sha256::digest(&plain));
        Ok(Self {
            kind,
            policy: if WORKER_FILES.contains(&url) { WORKER_POLICY } else { FILE_POLICY },
            gzip: compressed("gz"),
            brotli: compressed("br"),
            tag: hash.chars().take(16).collect(),
            plain,
        })
    }

    fn answer(&self, uri: &Uri, request: &HeaderMap) -> Response {
        let (coding, body) = self.best_for(request);
        // A compressed form is another representation, and has another tag.
        let tag = format!("\"{}{}\"", self.tag, coding.unwrap_or(""));
        // An address that names this very content may be kept for ever.
        let names_content = uri.query().is_some_and(|query| query == format!("v={}", self.tag));
        let caching = if names_content { "public, max-age=31536000, immutable" } else { "public, no-cache" };
        let mut headers = HeaderMap::new();
        let mut set = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(name, value);
            }
        };
        set(header::CONTENT_SECURITY_POLICY, self.policy);
        set(header::CACHE_CONTROL, caching);
        set(header::ETAG, &tag);
        set(header::VARY, "accept-encoding");
        if names(request, header::IF_NONE_MATCH, &tag) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        set(header::CONTENT_TYPE, self.kind);
        if let Some(coding) = coding {
            set(header::CONTENT_ENCODING, coding);
        }
        (headers, body).into_response()
    }

    fn best_for(&self, request: &HeaderMap) -> (Option<&'static str>, Bytes) {
        for (coding, form) in [("br", &self.brotli), ("gzip", &self.gzip)] {
            if let Some(form) = form.as_ref().filter(|_| names(request, header::ACCEPT_ENCODING, coding)) {
                return (Some(coding), form.clone());
            }
        }
        (None, self.plain.clone())
    }
}

/// Names the hashing module's builds by their bytes. A site that has not been built has none.
pub fn hash_modules(site: &Path) -> HashModules {
    let module = |path: &str| {
        let digest = fs::read(site.join(path.trim_start_matches('/'))).map(Sha256::digest).ok();
        digest.map_or_else(HashModule::default, |digest| HashModule {
            path: path.to_owned(),
            sha256: HEXLOWER.encode(&digest),
            integrity: format!("sha256-{}", BASE64.encode(&digest)),
        })
    };
    HashModules { simd: module(MODULE_WITH_SIMD), plain: module(MODULE) }
}

/// Whether a header lists a value, with or without parameters (but not one of weight zero).
fn names(headers: &HeaderMap, header: HeaderName, value: &str) -> bool {
    let mut listed =
        headers.get_all(header).iter().filter_map(|list| list.to_str().ok()).flat_map(|list| list.split(','));
    listed.any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        name.trim() == value && !matches!(weight.trim(), "q=0" | "q=0.0")
    })
}

fn media_type(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    Some(match ending {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        _ => return None,
    })
}
