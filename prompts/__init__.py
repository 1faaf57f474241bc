"""The words sent to a language model: a Markdown file for each task, read by pipeline.llm.prompts."""
