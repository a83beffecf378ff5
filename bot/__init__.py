"""The Teams side of Freelance Insights: what comes in, who asks, what goes back."""
