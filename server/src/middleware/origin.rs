//! Only our own pages may post to us.

use tower_http::csrf::CsrfLayer;

/// Refuses a post that another site sent, by `Sec-Fetch-Site`, or by `Origin` where a browser has no such header. What
/// carries neither comes from no page, and so with nobody's cookies. The 403 page is made by [`errors`](super::errors).
///
/// A reverse proxy must pass `Host` and `Origin` on as they came.
pub fn own_only() -> CsrfLayer {
    CsrfLayer::new()
}
