"""Many rows into one table at once, at the speed of the database.

SQLAlchemy looks at each value of each row, which for millions of them takes most of the time. Here its types are asked
once how they store a value; the rows then go to the driver as they are: to PostgreSQL by COPY, elsewhere by one
statement that is executed for all of them.
"""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, any_, cast, func, inspect, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel

Row = tuple[Any, ...]


def insert_rows(session: Session, model: type[SQLModel], columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert rows, each with its values in the order of ``columns``; the caller commits.

    Raises IntegrityError when one is there already; the transaction is then of no more use.
    """
    if not rows:
        return
    connection = session.connection()
    table: Table = inspect(model).local_table
    stored = _as_stored(connection, table, columns, rows)
    if connection.dialect.driver == "psycopg":
        _copy(connection, table, columns, stored)
    else:
        places = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f'INSERT INTO "{table.name}" ({_named(columns)}) VALUES ({places})', list(stored))  # noqa: S608  # our own names


def among(session: Session, column: Any, values: Collection[str] | Collection[int]) -> ColumnElement[bool]:
    """A condition: the column has one of the values, however many. They are one parameter, not one each."""
    if session.get_bind().dialect.name == "postgresql":
        equal: ColumnElement[bool] = column == any_(cast(list(values), ARRAY(column.type)))
        return equal
    listed = func.json_each(json.dumps(list(values))).table_valued("value")
    condition: ColumnElement[bool] = column.in_(select(listed.c.value))
    return condition


def _copy(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Row]) -> None:
    driver: Any = connection.connection.dbapi_connection
    errors: Any = connection.dialect.dbapi
    statement = f'COPY "{table.name}" ({_named(columns)}) FROM STDIN'
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except errors.IntegrityError as error:
        raise IntegrityError(statement, None, error) from error


def _named(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _as_stored(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> Iterable[Row]:
    """The rows with each value as the driver wants it; most are that already."""
    dialect = connection.dialect
    makers = [table.c[column].type.dialect_impl(dialect).bind_processor(dialect) for column in columns]
    values: list[Iterable[Any]] = list(zip(*rows, strict=True))
    for place, maker in enumerate(makers):
        if maker is not None:
            values[place] = _made(maker, list(values[place]))
    return zip(*values, strict=True)


def _made(maker: Callable[[Any], Any], values: Sequence[Any]) -> Iterable[Any]:
    """Each value made anew, the same ones once: of instants a batch has few, of objects most are empty."""
    try:
        made = {value: maker(value) for value in set(values)}
    except TypeError:  # an object has no hash
        empty = maker({})
        return [empty if value == {} else maker(value) for value in values]
    return map(made.__getitem__, values)
