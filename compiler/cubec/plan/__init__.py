"""What a change really does: two models, or two trees, to what they mean for people, cards, money and data."""
