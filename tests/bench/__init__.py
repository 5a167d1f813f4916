"""`make bench`: what the collection costs, as ratios to other things that are measured in the same run."""
