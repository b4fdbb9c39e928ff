//! What several rules share that is more than a look-up: judgements that rules give their own names to.

pub(super) mod inside;
pub(super) mod promises;
pub(super) mod rpc_types;
