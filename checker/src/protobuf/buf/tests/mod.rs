//! Rules against data of buf itself.

mod conformance;
