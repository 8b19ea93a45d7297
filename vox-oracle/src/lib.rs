//! vox-oracle.
