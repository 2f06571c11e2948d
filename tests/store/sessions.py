"""What other sessions of the database are doing, and how to end them."""


def cut_all_others(engine):
    """End every other session on this database, as a restart of the server would."""
    with engine.connect() as connection:
        connection.exec_driver_sql("""
            select pg_terminate_backend(pid, 60000) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()
        """)


def cut_whoever_waits_for_a_lock(engine, over):
    """End every session that waits for a lock, until it is ``over``: who does not get it may try in another one."""
    with engine.connect() as connection:
        while not over():
            connection.exec_driver_sql("""
                select pg_terminate_backend(pid, 60000) from pg_stat_activity
                where datname = current_database() and wait_event_type = 'Lock'
            """)
            connection.rollback()


def pids_waiting_for_a_lock(engine, count):
    """The sessions that wait for a lock, once there are ``count`` of them; only an owner's engine is told of others."""
    waiting = []
    with engine.connect() as connection:
        while len(waiting) < count:
            waiting = list(
                connection.exec_driver_sql("""
                    select pid from pg_stat_activity
                    where datname = current_database() and wait_event_type = 'Lock'
                """).scalars()
            )
            connection.rollback()
    return waiting
