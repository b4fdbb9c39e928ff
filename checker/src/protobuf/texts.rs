//! The text forms of a schema: canonical, normalised, and base64 of its descriptor.
//!
//! A schema that no text says in full has one form only, the last one; it is a schema text too.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost::Message as _;

use super::descriptor::FileDescriptorProto;
use super::link;
use super::pool::{File, Pool};
use super::print::{self, Style, same};
use crate::model::Source;

/// The text that gives identity.
pub(super) fn canonical(pool: &Pool, root: &File) -> String {
    let text = if root.encoded {
        let text = print::described(pool, root, Style::Canonical);
        // A descriptor may hold what the grammar does not know; so it is read again to be sure.
        text.ok().filter(|text| reads_back(pool, root, text))
    } else {
        print::written(root).ok()
    };
    text.unwrap_or_else(|| serialized(root))
}

/// The text in which also the order of what has no order is settled; `None` where there is none.
pub(super) fn normalized(pool: &Pool, root: &File) -> Option<String> {
    print::described(pool, root, Style::Normalized).ok()
}

/// The canonical text without what only serves extensions; `None` where there is none.
pub(super) fn without_extensions(pool: &Pool, root: &File) -> Option<String> {
    print::without_extensions(pool, root).ok()
}

/// A descriptor with its custom options, without places and comments.
pub(super) fn serialized(root: &File) -> String {
    let proto = FileDescriptorProto {
        source_code_info: None,
        ..root.proto.clone()
    };
    STANDARD.encode(proto.encode_to_vec())
}

/// Whether a printed text means what the descriptor means.
fn reads_back(pool: &Pool, root: &File, text: &str) -> bool {
    let find = |path: &str| {
        if path == root.path() {
            return Some(Source::new(path, text));
        }
        let file = pool.file(path).filter(|file| !file.bundled);
        file.map(|file| file.source.clone())
    };
    let Ok(again) = link::link(&[root.path()], &find) else {
        return false;
    };
    let meaning = |pool: &Pool, file: &File| same::meaning(pool, &file.proto);
    let found = again.file(root.path());
    found.is_some_and(|found| meaning(&again, found) == meaning(pool, root))
}
