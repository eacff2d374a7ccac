"""Would requests get where they should? Rules over apps, VirtualServices, DestinationRules and ServiceEntries."""
