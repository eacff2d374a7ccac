"""What can a stack file say of an app? Its Service, versions and routes, a section a file."""
