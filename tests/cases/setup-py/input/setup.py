from setuptools import setup

REQUIRES = ["flask", "gunicorn"]
setup(name="Shop.Server", install_requires=REQUIRES, python_requires=">=3.8,<3.13", packages=["shop_server"])
