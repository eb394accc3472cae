"""The examination: who sends what, what must hold, who judges, how it is told.

The rooms, in the order in which a run uses them:

    cli             what the user types; exit codes say the kind of the outcome
    commands/       one subcommand a file
    target          the platform under test: addresses, how a payment is asked for, actions
    doctor          every configuration error at once, before a run
    parties         the simulator and the reference platform as processes of their own
    run             plays the stories, one after the other, and collects the journal; judges nothing
    traffic/        people, merchants and payments, from one seed; remembers what it plants
    stories/        one script of stimuli a file: what the world does to the platform
    stage           what a story may do: pay, order, grant, break, watch
    merchants       submits payments and asks what became of them: the first of the three accounts
    control         the tester's door of the simulator
    sight           follows the journal, so that a story can wait for what happens
    judge/          the journal becomes dossiers, dossiers become rulings, rulings a judgement; pure
    requirements/   one thing that must hold a file
    reports/        one format a file
    prove           the kill matrix: the suite is examined on the guilty
    pytest_plugin   the same run as pytest items

Playing and judging never meet: all that the judge knows is in the journal.
"""
