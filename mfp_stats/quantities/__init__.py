"""From posterior draws to labelled quantities and tidy tables; nothing here draws charts."""
