"""What people write first with Streamlit."""

import pandas as pd
import streamlit as st

st.title("Sales")
sales = pd.DataFrame({"month": ["Jan", "Feb", "Mar"], "sold": [3, 5, 8]}).set_index("month")
st.bar_chart(sales)
st.dataframe(sales.rolling(2).mean())
st.download_button("As CSV", sales.to_csv(), "sales.csv")
