//! Options as messages: what the bytes of [`Options`] hold.

use std::sync::{Arc, LazyLock};

use super::Message;
use crate::model::Source;
use crate::protobuf::bundled;
use crate::protobuf::descriptor::Options;
use crate::protobuf::features::Features;
use crate::protobuf::places::Places;
use crate::protobuf::pool::{File, MessageRef, Pool};

/// The options messages for files that do not import `descriptor.proto`.
static DESCRIPTOR: LazyLock<Pool> = LazyLock::new(|| {
    let mut pool = Pool::default();
    let path = "google/protobuf/descriptor.proto";
    if let Some(proto) = bundled::file(path) {
        pool.add(File {
            features: Features::of_file(&proto),
            proto,
            source: Source::new(path, ""),
            places: Arc::new(Places::none()),
            encoded: true,
            bundled: true,
        });
    }
    pool
});

/// An options message by its full name.
pub(crate) fn options_type<'p>(pool: &'p Pool, name: &str) -> Option<MessageRef<'p>> {
    pool.message(name).or_else(|| DESCRIPTOR.message(name))
}

/// Options as a message, given the full name of its type. `None` for bytes that are no message.
pub(crate) fn options<'p>(pool: &'p Pool, name: &str, options: &Options) -> Option<Message<'p>> {
    Message::decode(options_type(pool, name)?, &options.encoded).ok()
}
