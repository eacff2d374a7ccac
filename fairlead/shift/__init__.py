"""How do requests move from one version to another? By other weights in the stack file, which a review then sees."""
