"""The dashboard: the Streamlit side of the house."""
