//! The verifier every program passes before any tier sees it.
