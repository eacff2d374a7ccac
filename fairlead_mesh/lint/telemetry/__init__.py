"""Would anybody see what happens? Rules over metrics and addons."""
