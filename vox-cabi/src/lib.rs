//! vox-cabi.
