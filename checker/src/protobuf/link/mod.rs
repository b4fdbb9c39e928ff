//! Links files: from descriptors as they are written to a [`Pool`](super::pool::Pool).

mod options;
