"""Everything that goes wrong on purpose, with figures of what was lost. ``make faults`` runs it."""
