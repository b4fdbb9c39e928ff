//! Request ids: unlike any other, not unguessable, and cheap.
//!
//! A random id costs a system call, which is much beside an answer from memory. So only the first is
//! random; those after it are a counter's values, scrambled so that they look like any UUID and are
//! unlike those of other processes.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use uuid::{Builder, Uuid};

/// The header that ties a request to its answer and to the log.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

static SEED: OnceLock<(u64, u64)> = OnceLock::new();
static COUNTER: AtomicU64 = AtomicU64::new(0);

/// The client's own id if it sent one, else a new one.
pub(super) fn of(headers: &HeaderMap) -> HeaderValue {
    let mut values = headers.get_all(&REQUEST_ID).iter();
    if let (Some(value), None) = (values.next(), values.next())
        && !value.as_bytes().trim_ascii().is_empty()
    {
        return value.clone();
    }
    let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
    let text = next().hyphenated().encode_lower(&mut text);
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("none"))
}

fn next() -> Uuid {
    let (high, low) = *SEED.get_or_init(|| Uuid::new_v4().as_u64_pair());
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let bits = u128::from(scramble(high ^ count)) << 64 | u128::from(scramble(low ^ count));
    Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
}

/// Different for different numbers: the last step of the generator `SplitMix64`.
const fn scramble(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_random_uuids_to_look_at_and_never_equal() {
        let ids: HashSet<Uuid> = (0..10_000).map(|_| next()).collect();
        assert_eq!(ids.len(), 10_000);
        assert!(ids.iter().all(|id| id.get_version_num() == 4));
    }

    #[test]
    fn a_single_id_that_is_not_blank_is_kept() {
        let ids = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(REQUEST_ID, HeaderValue::from_static(value));
            }
            of(&headers)
        };
        assert_eq!(ids(&["mine"]), "mine");
        for values in [&[][..], &["  "], &["a", "b"]] {
            assert_eq!(ids(values).len(), 36, "{values:?}");
        }
    }
}
