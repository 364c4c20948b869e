"""The fixed limits on what strangers give: one table, so that a reader of the code finds every one of them here.

What a user may choose (the largest file, the longest article, the longest PDF, the time to read one) is in
`rag.settings`. The limits of this table are never met by an honest file.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What is accepted of files, pages and the network.

    Attributes:
        front_matter_characters: Longest front matter of a Markdown file.
        front_matter_depth: How deep lists and mappings may lie in each other there.
        title_characters: Longest headline; a longer one is cut.
        field_characters: Longest publisher, author or source.
        blank_characters: Longest run of white space in an article; a longer one becomes one space or line end.
        passage_characters: Longest passage of text that has few spaces.
        passage_pieces: Most words, digits and signs in a passage that has more signs than words. The reader's work on
            a passage grows with them; ordinary passages have about a hundred.
        docx_unpacked_bytes: Largest Word document when unpacked.
        docx_ratio: Most that it may grow by in unpacking, where it becomes larger than `docx_ratio_from_bytes`.
        docx_ratio_from_bytes: See there. XML packs about ten to one.
        page_ratio: Most that a web page may grow by, where it becomes larger than `page_ratio_from_bytes`.
        page_ratio_from_bytes: See there. Pages pack about ten to one.
        redirects: Most redirects from one web address.
        sitemaps: Most sitemaps read of those that one sitemap names.
        robots_bytes: How much of a robots.txt is read; RFC 9309 wants at least 500 KiB.
        robots_lines: How many of its lines.
        worker_memory_bytes: Address space of the process that reads files.
        worker_start_seconds: How long that process may take to start and to import a reader, on a slow disk.
        worker_answer_bytes: Longest answer taken from it, should it have been taken over by what it read.
        first_year: Earliest year in which an article may have appeared.
        last_year: Latest year in which an article may have appeared.
    """

    front_matter_characters: int = 65_536
    front_matter_depth: int = 8
    title_characters: int = 300
    field_characters: int = 2_000
    blank_characters: int = 200
    passage_characters: int = 800
    passage_pieces: int = 160
    docx_unpacked_bytes: int = 200_000_000
    docx_ratio: int = 200
    docx_ratio_from_bytes: int = 10_000_000
    page_ratio: int = 100
    page_ratio_from_bytes: int = 1_000_000
    redirects: int = 5
    sitemaps: int = 10
    robots_bytes: int = 512_000
    robots_lines: int = 10_000
    worker_memory_bytes: int = 3_000_000_000
    worker_start_seconds: float = 30.0
    worker_answer_bytes: int = 500_000_000
    first_year: int = 1000
    last_year: int = 2199


LIMITS = Limits()
