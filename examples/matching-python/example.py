"""A few orders on two books. What it prints is in expected.txt.

NEEDLETAIL_MATCHING=build/libneedletail_matching.so python3 examples/matching-python/example.py
"""

from needletail_matching import Error, Library, Side, Time


def show(title, reports):
    print(title)
    for report in reports:
        print(" ", report)


with Library() as library:
    book = library.book()
    book.submit(1, Side.SELL, 10, price=101)
    book.submit(2, Side.SELL, 10, price=102)
    book.submit(3, Side.BUY, 5, price=99)
    show("a market order for 12", book.submit(4, Side.BUY, 12))
    show("2 moves to 103", book.modify(2, price=103, quantity=12))
    show(
        "fill or kill, more than there is",
        book.submit(5, Side.BUY, 50, price=103, time_in_force=Time.FILL_OR_KILL),
    )
    print("asks", book.depth(Side.SELL))
    print("bids", book.depth(Side.BUY))

    other = library.book()
    show("another book has its own orders", other.submit(1, Side.SELL, 10, price=101))
    other.close()
    try:
        other.cancel(1)
    except Error as error:
        print("after its end:", error)
