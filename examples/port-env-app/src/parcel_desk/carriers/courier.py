from decimal import ROUND_HALF_UP, Decimal

from parcel_desk.carriers import tariff


class Courier:
    title = "Courier"

    def price(self, grams: int) -> Decimal:
        rates = tariff("courier")
        price = rates["base_euros"] + rates["euros_a_kilogram"] * grams / 1000
        return price.quantize(Decimal("0.01"), ROUND_HALF_UP)
