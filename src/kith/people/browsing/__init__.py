"""What people look at: lists of persons, what is known of one, the history of decisions."""
