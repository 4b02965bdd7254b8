"""A few orders on two books. What it prints is in expected.txt.

NEEDLETAIL_MATCHING=build/libneedletail_matching.so python3 examples/matching-python/example.py
"""

from needletail_matching import ANY_PRICE, Error, Library, Side, Time, Type


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

    iceberg = book.submit(6, Side.BUY, 100, price=100, display_quantity=20)
    show("an iceberg of 100", iceberg)
    print("bids", book.depth(Side.BUY))
    stop = {"type": Type.STOP, "stop_price": 100, "price": ANY_PRICE[Side.SELL]}
    show("a stop to sell 3", book.submit(7, Side.SELL, 3, **stop))
    show("25 to sell", book.submit(8, Side.SELL, 25, price=100))
    print("bids", book.depth(Side.BUY))
    show("a day order", book.submit(9, Side.BUY, 1, price=1, time_in_force=Time.DAY))
    show("the day ends", book.end_day())

    other = library.book()
    show("another book has its own orders", other.submit(1, Side.SELL, 10, price=101))
    other.close()
    try:
        other.cancel(1)
    except Error as error:
        print("after its end:", error)
