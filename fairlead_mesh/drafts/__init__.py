"""Which section of a stack file would come to an object that exists? Written the other way round, and taken only where
the section renders the same object again."""
