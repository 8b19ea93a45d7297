//! Values written as another value that they are converted to.

use super::{WalkError, Walker};
use facet_core::ProxyDef;
use facet_reflect::Peek;

impl Walker {
    /// Converts the value and writes the proxy in its place.
    ///
    /// The proxy may have a proxy itself; one that leads back to its own type
    /// ends at the depth limit.
    pub(super) fn write_proxy(
        &mut self,
        peek: Peek<'_, '_>,
        proxy: &'static ProxyDef,
    ) -> Result<(), WalkError> {
        let converted = peek
            .custom_serialization_with_proxy(proxy)
            .map_err(|error| WalkError::Proxy {
                shape: peek.shape().to_string(),
                message: error.to_string(),
            })?;
        self.write(converted.as_peek())
    }
}
