"""The check before fieldwork: what a questionnaire and a number of people can tell."""
