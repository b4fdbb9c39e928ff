//! Rendering a report, one file per output format. Nothing here judges.
