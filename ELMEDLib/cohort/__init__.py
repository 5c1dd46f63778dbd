"""Many patients in one go: cases from a table or a folder, worked on case by case, and resumed."""
