"""What the board shows, read from the rows of the subjects below."""

from huiyin.domain.insight.queries.board import Board, board
from huiyin.domain.insight.queries.people import AgentLine
from huiyin.domain.insight.queries.standards import Standard, Standards, standards
from huiyin.domain.insight.queries.waits import QueueLine

__all__ = ["AgentLine", "Board", "QueueLine", "Standard", "Standards", "board", "standards"]
