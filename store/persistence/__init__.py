"""How it is kept: database, schema, migrations, repositories, and the unit of work over them."""
